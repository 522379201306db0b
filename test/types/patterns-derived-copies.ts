// Types of derived copies, checked by the compiler alone.
import {
  connect,
  defineEntity,
  defineModel,
  defineTable,
  type Item,
  number,
  type PatternInput,
  query,
  string,
  version,
} from '../../lib/index.ts'
import { copied, derivedCopies, fanOut } from '../../patterns/index.ts'
import { type Equal, holds } from './equal.ts'

const table = defineTable({ name: 'blog', partitionKey: 'PK', sortKey: 'SK' })
const User = defineEntity('User', {
  attributes: { userId: string(), name: string(), version: version() },
  key: { pk: 'USER#{userId}', sk: 'USER' },
})
const Post = defineEntity('Post', {
  attributes: {
    authorId: string(),
    postId: string(),
    authorName: string().onlyInTransactions(),
    authorVersion: number().onlyInTransactions(),
  },
  key: { pk: 'POSTS#{authorId}', sk: '{postId}' },
  onlyInTransactions: copied,
})
const names = { create: 'writePost', refresh: 'refreshPost' } as const
const authors = derivedCopies({
  source: User,
  target: Post,
  key: { userId: 'authorId' },
  values: { authorName: 'name' },
  version: 'authorVersion',
  ...names,
})
holds<Equal<keyof typeof authors.accessPatterns, 'writePost' | 'refreshPost'>>()
holds<
  Equal<
    PatternInput<typeof authors.accessPatterns.writePost>,
    { authorId: string; postId: string; authorName: string; authorVersion: number }
  >
>()
holds<Equal<PatternInput<typeof authors.check>, PatternInput<typeof authors.accessPatterns.writePost>>>()

declare const client: Parameters<typeof connect>[1]['client']
const blog = connect(
  defineModel({ table, entities: { User, Post }, accessPatterns: { ...authors.accessPatterns, postsOf: query(Post) } }),
  { client },
)

export async function accepted() {
  const [post] = await blog.patterns.writePost({ authorId: 'a', postId: 'p', authorName: 'A', authorVersion: 1 })
  holds<Equal<typeof post, Item<typeof Post>>>()
  await fanOut(authors, blog, [], ({ userId }) => blog.patterns.postsOf({ authorId: userId }))
}

export function refused() {
  const parts = { source: User, target: Post, ...names } as const
  // @ts-expect-error a User is known by its userId
  derivedCopies({ ...parts, key: { id: 'authorId' }, values: { authorName: 'name' }, version: 'authorVersion' })
  // @ts-expect-error there is no nickname to copy
  derivedCopies({ ...parts, key: { userId: 'authorId' }, values: { authorName: 'nickname' }, version: 'authorVersion' })
  // @ts-expect-error a version is no name
  derivedCopies({ ...parts, key: { userId: 'authorId' }, values: { authorName: 'version' }, version: 'authorVersion' })
  // @ts-expect-error a version is a number
  derivedCopies({ ...parts, key: { userId: 'authorId' }, values: { authorName: 'name' }, version: 'authorName' })
  // @ts-expect-error the targets are of another entity
  fanOut(authors, blog, [], async function* () {
    yield { userId: 'a', name: 'A', version: 1 }
  })
}
