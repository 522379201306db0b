// The network with everybody acting at once, and answers getting lost: what must hold when it is quiet again, read without Singlet.
import { expect } from 'chai'
import fc from 'fast-check'
import { blockUser } from '../../entities/social/block-user.ts'
import { fanOutNext } from '../../entities/social/fan-out.ts'
import { social } from '../../entities/social/index.ts'
import { sendMessage } from '../../entities/social/messaging.ts'
import { unfollowUser } from '../../entities/social/unfollow-user.ts'
import { connect, SingletError } from '../../lib/index.ts'
import { embedded, startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { itemsIn, networkOf, numbered, postId, start, userId } from './social-network.ts'

const users = 4
const user = fc.nat({ max: users - 1 })
const pair = fc.tuple(user, user).filter(([a, b]) => a !== b)

/** What users do, with their numbers. */
const command = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('follow' as const), pair }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unfollow' as const), pair }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('block' as const), pair }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('publish' as const), pair }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('like' as const), pair }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unlike' as const), pair }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('comment' as const), pair }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('message' as const), pair }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('register' as const), pair }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deliver' as const), pair }) },
)
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never

/** Groups of commands: those of one group are under way at once. */
const histories = fc.array(fc.array(command, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 })

/** The SDK's retries without its waiting. */
const atOnce = {
  acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
  refreshRetryTokenForRetry: async (token: { getRetryCount(): number }, { error }: { readonly error?: unknown }) => {
    if (token.getRetryCount() === 3) throw error
    return { getRetryCount: () => token.getRetryCount() + 1, getRetryDelay: () => 0 }
  },
  recordSuccess: () => undefined,
}

describe('social, with everybody acting at once', () => {
  let engine: TestEngine
  let tables = 0
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  for (const lossy of embedded ? [false, true] : [false])
    it(`counts what there is, keeps edges, handles and timelines right${lossy ? ', though answers are lost' : ''}`, async () => {
      await fc.assert(
        fc.asyncProperty(histories, fc.nat(), async (history, seed) => {
          const tableName = `properties-${tables++}`
          await networkOf(engine.client(), { tableName, users })
          let time = start.getTime()
          const now = () => new Date(time)
          const network = connect(social, { client: engine.client({ retryStrategy: atOnce }), tableName, now })
          const blocks = new Set<string>()
          const interrupted: Parameters<typeof unfollowUser>[1][] = []
          for (const n of [0, 1])
            await network.patterns.publish({ postId: postId(n), authorId: userId(n), text: 'x', fanOut: 'write' })
          let made = 2

          const perform = ({ kind, pair: [a, b] }: Command): PromiseLike<unknown> => {
            const { patterns } = network
            const [one, other] = [userId(a), userId(b)]
            const n = made++
            switch (kind) {
              case 'follow':
                return patterns.follow({ followerId: one, followeeId: other })
              case 'unfollow':
                return unfollowUser(network, { followerId: one, followeeId: other }).catch((error: unknown) => {
                  interrupted.push({ followerId: one, followeeId: other })
                  throw error
                })
              case 'block':
                blocks.add(`${one} ${other}`)
                return blockUser(network, { blockerId: one, blockedId: other })
              case 'publish': {
                const firstReaders = n % 3 === 0 ? [other] : []
                return patterns.publish({ postId: postId(n), authorId: one, text: 'x', fanOut: 'write', firstReaders })
              }
              // All like and comment the same two posts.
              case 'like':
                return patterns.like({ userId: one, postId: postId(n % 2), authorId: userId(n % 2) })
              case 'unlike':
                return patterns.unlike({ userId: one, postId: postId(n % 2) })
              case 'comment':
                return patterns.comment({ postId: postId(n % 2), postAuthorId: userId(n % 2), authorId: one, text: 'x' })
              case 'message':
                return sendMessage(network, { from: one, to: other, messageId: numbered(n ^ 7), text: `${n}`, sentAt: now() })
              case 'register':
                return patterns.register({ userId: numbered(500 + n), handle: `name_${a}`, name: 'x' })
              case 'deliver':
                return fanOutNext(network, { worker: `w${n}`, milliseconds: 1_000, pageSize: 2, now })
            }
          }
          if (lossy) engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.1, seed })
          for (const group of history) {
            await Promise.all(group.map((command) => unlessRefused(perform(command))))
            time += 2_000
          }
          engine.faults.clear()
          // What was interrupted is finished: blocks and unfollowing are asked for again, deliveries are due again after their pause.
          time += 600_000
          for (const pair of interrupted) await unfollowUser(network, pair)
          for (const one of blocks) {
            const [blockerId = '', blockedId = ''] = one.split(' ')
            await blockUser(network, { blockerId, blockedId })
          }
          while ((await fanOutNext(network, { worker: 'last', milliseconds: 1_000, pageSize: 2, now })) !== undefined);

          const items = await itemsIn(engine.client(), tableName)
          const [follows, posts, entries] = ['Follow', 'Post', 'TimelineEntry'].map(items.of)
          for (const userId of items.of('User').map((one) => one.userId)) {
            const counted = (count: string) => items.sum('UserCount', { userId }, count)
            expect(counted('followers'), 'followers').to.equal(follows?.filter((edge) => edge.followeeId === userId).length)
            expect(counted('following'), 'following').to.equal(follows?.filter((edge) => edge.followerId === userId).length)
            expect(counted('posts'), 'posts').to.equal(posts?.filter((post) => post.authorId === userId).length)
          }
          for (const n of [0, 1]) {
            const isOf = (item: Readonly<Record<string, unknown>>) => item.postId === postId(n)
            expect(items.sum('PostCount', { postId: postId(n) }, 'likes')).to.equal(items.of('Like').filter(isOf).length)
            expect(items.sum('PostCount', { postId: postId(n) }, 'comments')).to.equal(items.of('Comment').filter(isOf).length)
          }
          // Both ways: nobody who has blocked, or is blocked, follows the other or has the other's posts.
          for (const { blockerId, blockedId } of items.of('Block'))
            for (const [one, other] of [
              [blockerId, blockedId],
              [blockedId, blockerId],
            ]) {
              expect(follows?.filter((edge) => edge.followerId === one && edge.followeeId === other)).to.deep.equal([])
              expect(entries?.filter((entry) => entry.userId === one && entry.authorId === other)).to.deep.equal([])
            }
          // Nobody has posts of somebody who is not followed.
          for (const { userId, authorId } of entries ?? [])
            if (userId !== authorId)
              expect(
                follows?.some((edge) => edge.followerId === userId && edge.followeeId === authorId),
                `${userId} has posts of ${authorId}`,
              ).to.equal(true)
          expect(items.of('Block'), 'blocks').to.have.length(blocks.size)
          // An edge is the same from both ends.
          for (let n = 0; n < users; n++) {
            const mine = await network.patterns.followers({ followeeId: userId(n) }).all()
            expect(new Set(mine.map(({ followerId }) => followerId))).to.deep.equal(
              new Set(follows?.filter((edge) => edge.followeeId === userId(n)).map((edge) => edge.followerId)),
            )
          }
          const handles = items.of('User').map(({ handle }) => handle)
          expect(new Set(handles).size, 'handles').to.equal(handles.length)
          for (const { userId, peerId, unread, lastMessageId, preview } of items.of('Conversation')) {
            const messages = items
              .of('Message')
              .filter(({ conversationId }) => [userId, peerId].every((one) => String(conversationId).includes(String(one))))
            expect(unread, 'unread').to.equal(messages.filter(({ senderId }) => senderId === peerId).length)
            const last = messages.reduce((one, other) => (String(other.messageId) > String(one.messageId) ? other : one))
            expect([lastMessageId, preview], 'head').to.deep.equal([last.messageId, last.text])
          }
        }),
        { numRuns: Math.ceil(propertyRuns / 20) },
      )
    })
})

async function unlessRefused(operation: PromiseLike<unknown>): Promise<void> {
  try {
    await operation
  } catch (error) {
    // Refusals, and outcomes that stay open; and what the SDK says of reads whose answers were lost too often.
    if (error instanceof SingletError || (error instanceof Error && 'code' in error && error.code === 'ECONNRESET')) return
    throw error
  }
}
