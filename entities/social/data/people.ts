// The people: users, who follows whom, who has blocked whom, and the counts of that.
import { datasetNow, day, hour, type Random } from '../../demo/random.ts'
import type { Block, Follow } from '../relation.ts'
import type { User } from '../user.ts'
import type { Row, Rows } from './row.ts'
import { bios } from './vocabulary.ts'

/** How many of the users have so many followers that their posts are read and not delivered. */
const celebrities = 2

/** Users, of whom the first are followed by nearly everybody. */
export function makePeople(random: Random, count: number): Rows<'User' | 'Follow' | 'Block'> {
  const users = Array.from({ length: count }, (_, position) => user(random, position))
  const blocks = makeBlocks(random, users)
  return { User: users, Block: blocks, Follow: makeFollows(random, users, blocks) }
}

function user(random: Random, position: number): Row<typeof User> {
  const name = random.faker.person.fullName()
  const plain = name
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z]/g, '')
  return {
    userId: random.ulid(random.before(datasetNow, 60 * day, 900 * day)),
    handle: `${plain.slice(0, 16)}_${position}`,
    name,
    ...(random.chance(0.6) && { bio: random.pick(bios) }),
    ...(random.chance(0.8) && { avatar: `avatars/${random.faker.string.alphanumeric(8)}.webp` }),
    fanOut: position < celebrities ? 'read' : 'write',
    status: position >= celebrities && random.chance(0.03) ? 'closed' : 'active',
  }
}

function makeBlocks(random: Random, users: readonly Row<typeof User>[]): Row<typeof Block>[] {
  const blockers = random.some(users, Math.ceil(users.length / 10), Math.ceil(users.length / 8))
  return blockers.flatMap(({ userId: blockerId }) =>
    random
      .some(users, 1, 2)
      .filter(({ userId }) => userId !== blockerId)
      .map(({ userId: blockedId }) => ({ blockerId, blockedId, blockedAt: random.before(datasetNow, day, 50 * day) })),
  )
}

/** Nobody follows where one has blocked the other. */
function makeFollows(
  random: Random,
  users: readonly Row<typeof User>[],
  blocks: readonly Row<typeof Block>[],
): Row<typeof Follow>[] {
  const apart = new Set(blocks.flatMap(({ blockerId, blockedId }) => [`${blockerId} ${blockedId}`, `${blockedId} ${blockerId}`]))
  return users.flatMap(({ userId: followerId }) => {
    const stars = users.slice(0, celebrities).filter(() => random.chance(0.7))
    const followed = new Set([...stars, ...random.some(users.slice(celebrities), 3, 14)])
    return [...followed]
      .filter(({ userId }) => userId !== followerId && !apart.has(`${followerId} ${userId}`))
      .map(({ userId: followeeId }) => ({ followerId, followeeId, followedAt: random.before(datasetNow, hour, 50 * day) }))
  })
}

/** A moment between the start and now. */
export function since(random: Random, start: Readonly<Date>): Date {
  return random.before(datasetNow, 0, datasetNow.getTime() - start.getTime())
}
