// What is asked about users, and how one comes in.
import { get, itemCollection, many, one, query, scan, transaction } from '../../../lib/index.ts'
import { userReference } from '../attributes.ts'
import { User, UserCount } from '../user.ts'

const { userId, handle, name, bio, avatar } = User.attributes

export const userPatterns = {
  userById: get(User)
    .describe('The name and picture beside a post; batches of them for a page of posts')
    .rate({ perSecond: 900 }),

  userByHandle: query(User).index('GSI1').one().describe('Somebody’s page, by the name in its address').rate({ perSecond: 120 }),

  profile: itemCollection({ counts: many(UserCount), user: one(User) })
    .describe('A user with all parts of the counts; total() adds them up')
    .rate({ perSecond: 200 }),

  fanOutOnRead: query(User)
    .index('GSI2')
    .select('userId')
    .describe('Whose posts are read, delivered or not; every server asks once a minute and keeps the list')
    .rate({ perSecond: 2 }),

  userExport: scan(User)
    .select('userId', 'handle', 'status')
    .describe('All users, once a month, for reports; reads the whole table')
    .rate({ perSecond: 0.000_001 }),

  register: transaction({ User }, { userId, handle, name, bio, avatar }, (input, { User }) => [User.create(input)])
    .describe('A new user. Refused when somebody has the handle')
    .rate({ perSecond: 1 }),

  closeAccount: transaction({ User }, { userId: userReference() }, ({ userId }, { User }) => [
    User.update({ userId }, { status: 'closed' }, { if: { status: 'active' } }),
  ])
    .describe('Closes an account: it publishes nothing more, and the handle stays its own. Refused when it is closed')
    .rate({ perSecond: 0.01 }),
}
