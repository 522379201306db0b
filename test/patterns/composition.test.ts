// Patterns compose: one model of many of them, written at random and at once through all of their doors, keeps every index and every companion
// exactly what its items say, and each pattern's own invariant.
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  ConditionFailedError,
  ContentionError,
  connect,
  copyOf,
  createdAt,
  createTable,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  ItemExistsError,
  ItemNotFoundError,
  map,
  number,
  query,
  remove,
  string,
  TransactionCanceledError,
  transaction,
  UniqueConstraintError,
  version,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import {
  acquireLease,
  adjacencyList,
  aggregateCounter,
  claimJob,
  completeJob,
  counted,
  counter,
  deleteWhenEmpty,
  hierarchy,
  idempotencyGuard,
  incrementCounter,
  invertedIndex,
  leaderboard,
  lease,
  nodeAttributes,
  nodeRemoval,
  nodeWrites,
  onlyOnce,
  queue,
  readCounter,
  releaseLease,
  removeNode,
  shardedCounter,
  softDelete,
  sparseIndex,
  submitScore,
  timeSeries,
  typeList,
  versionHistory,
  writeSharding,
} from '../../patterns/index.ts'
import { propertyRuns } from '../property-runs.ts'
import { checkTable, rawItems, type StoredItem } from './raw-table.ts'

const table = defineTable({
  name: 'composition',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK' },
    Inverted: { partitionKey: 'SK', sortKey: 'PK' },
  },
  timeToLive: 'expiresAt',
})

const member = { pk: 'MEMBER#{memberId}', sk: 'MEMBER#{memberId}' } as const
/** A node of the adjacency list, in a type list, with a unique handle, a sparse index of those to review, a version and a copy. */
const Member = defineEntity('Member', {
  attributes: {
    memberId: string(),
    handle: string().optional(),
    name: string(),
    flagged: string().optional(),
    joinedAt: createdAt(),
    version: version(),
    ...nodeAttributes(),
  },
  key: member,
  indexes: {
    ...invertedIndex({ index: 'Inverted', key: member }),
    ...typeList({ index: 'GSI1', name: 'Member', by: 'joinedAt', shards: { count: 3 } }),
    ...sparseIndex({ index: 'GSI2', name: 'FLAGGED', by: 'flagged', when: { flagged: { exists: true } } }),
  },
  unique: { handle: 'HANDLE#{handle}' },
  onlyInTransactions: nodeWrites,
})
const Card = copyOf(Member, 'Card', {
  attributes: ['handle', 'memberId', 'name'],
  key: { pk: 'CARD#{handle}', sk: 'CARD#{handle}' },
  indexes: { GSI1: { pk: 'CARDS', sk: '{name}#{memberId}' } },
})
/** Write sharding on the table's own key, and a level to every place. */
const Place = defineEntity('Place', {
  attributes: { country: string(), city: string(), street: string(), rating: number({ min: 0, max: 9, integer: true }) },
  key: { pk: 'PLACES#{country}', sk: 'PLACE#{city}#{street}', shards: writeSharding({ writesPerSecond: 3000 }) },
})
const Session = defineEntity('Session', {
  attributes: { token: string(), memberId: string(), expiresAt: expiresAt() },
  key: { pk: 'SESSION#{token}', sk: 'SESSION#{token}' },
  indexes: { GSI1: { pk: 'SESSIONS#{memberId}', sk: '{expiresAt}' } },
})

const guard = idempotencyGuard()
const follows = adjacencyList({
  name: 'Follow',
  from: { node: Member, as: 'follower' },
  to: { node: Member, as: 'followee' },
  index: 'Inverted',
})
const visits = timeSeries({
  name: 'Visit',
  attributes: { memberId: string(), when: datetime(), page: string() },
  of: 'memberId',
  at: 'when',
  period: 'day',
})
const board = leaderboard({ name: 'Score', index: 'GSI2', shards: { count: 2 } })
const jobs = queue({ name: 'Job', index: 'GSI2', payload: map({ task: string() }) })
const locks = lease()
const { close, drop } = nodeRemoval(Member).accessPatterns

/** A parent that counts its children, and is deleted when it has none. */
const Album = defineEntity('Album', {
  attributes: { albumId: string(), photos: counter({ max: 3 }), bytes: counter() },
  key: { pk: 'ALBUM#{albumId}', sk: 'ALBUM#{albumId}' },
  onlyInTransactions: counted.parent,
})
const Photo = defineEntity('Photo', {
  attributes: { albumId: string(), photoId: string(), size: number({ min: 0, max: 9, integer: true }).readOnly() },
  key: { pk: 'ALBUM#{albumId}', sk: 'PHOTO#{photoId}' },
  indexes: { GSI1: { pk: 'PHOTOS', sk: '{size:desc}#{photoId}' } },
  onlyInTransactions: counted.child,
})
const photos = aggregateCounter({
  child: Photo,
  counters: [{ parent: Album, count: 'photos', sum: { bytes: 'size' } }],
  create: 'addPhoto',
  delete: 'deletePhoto',
})
const views = shardedCounter({ name: 'Views', shards: 4, tokens: { days: 1 } })
const documents = versionHistory({
  name: 'Document',
  attributes: { documentId: string(), author: string() },
  partitionKey: 'DOCUMENT#{documentId}',
})
const notes = softDelete({
  name: 'Note',
  attributes: { owner: string(), noteId: string(), slug: string() },
  key: { pk: 'OWNER#{owner}', sk: 'NOTE#{noteId}' },
  indexes: { GSI2: { pk: 'NOTES#{owner}', sk: '{noteId}' } },
  unique: { slug: 'NOTE_SLUG#{slug}' },
  uniqueValues: 'release',
})

const join = transaction(
  { ...guard.entities, Member },
  { requestId: string(), memberId: string(), handle: string().optional(), name: string() },
  ({ requestId, ...member }, { Request, Member }) => [Request.create({ requestId }), Member.create(member)],
)
/** Three patterns in one transaction: a follow that is told once, with a photo that is counted. */
const followWithPhoto = transaction(
  { ...guard.entities, follow: follows.accessPatterns.link, addPhoto: photos.accessPatterns.addPhoto },
  { requestId: string(), follower: string(), followee: string(), size: number() },
  ({ requestId, follower, followee, size }, { Request, follow, addPhoto }) => [
    Request.create({ requestId }),
    ...follow({ follower, followee }),
    ...addPhoto({ albumId: 'x', photoId: `${follower}-${followee}`, size }),
  ],
)

const model = defineModel({
  table,
  entities: {
    Member,
    Card,
    Place,
    Session,
    ...guard.entities,
    ...follows.entities,
    ...visits.entities,
    ...board.entities,
    ...jobs.entities,
    ...locks.entities,
    Album,
    Photo,
    ...views.entities,
    ...documents.entities,
    ...notes.entities,
  },
  accessPatterns: {
    join,
    followWithPhoto,
    closeMember: close,
    dropMember: drop,
    follow: follows.accessPatterns.link,
    unfollow: follows.accessPatterns.unlink,
    unfollowMany: follows.accessPatterns.unlinkMany,
    followed: follows.accessPatterns.outgoing,
    followers: follows.accessPatterns.incoming,
    visitsOf: visits.accessPatterns.during,
    top: board.accessPatterns.top,
    members: query(Member).index('GSI1'),
    flagged: query(Member).index('GSI2'),
    cards: query(Card).index('GSI1'),
    sessionsOf: query(Session).index('GSI1'),
    placesWithin: hierarchy({ entity: Place }).accessPatterns.within,
    ...jobs.accessPatterns,
    ...photos.accessPatterns,
    ...views.accessPatterns,
    ...documents.accessPatterns,
    ...notes.accessPatterns,
    deleteAlbum: deleteWhenEmpty(Album, 'photos'),
  },
})

const ids = ['a', 'b', 'c#d', 'é $']
const handles = ['ada', 'bob', undefined]
const day = 86_400_000
const kinds = [
  'join',
  'rename',
  'flag',
  'follow',
  'followWithPhoto',
  'unfollow',
  'remove',
  'visit',
  'score',
  'place',
  'session',
  'job',
  'work',
  'lease',
  'photo',
  'less',
  'view',
  'save',
  'note',
  'unnote',
  'renote',
] as const
/** What a write may be told when others write too, or when it has been done before. */
const refusals = [
  ConditionFailedError,
  ContentionError,
  ItemExistsError,
  ItemNotFoundError,
  TransactionCanceledError,
  UniqueConstraintError,
]

describe('patterns together', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 2 }), now })
  const now = () => new Date(engine.clock.now())
  let db: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal({ clock: new Date('2030-01-01T12:00:00Z') })
    await createTable(model, engine.client())
    db = open()
  })
  after(() => engine.close())

  const id = fc.constantFrom(...ids)
  const handle = fc.constantFrom(...handles)
  const small = fc.integer({ min: 0, max: 3 })
  /** One use of one pattern, by its name. A history uses a few of them, so that they meet. */
  const histories = fc.subarray([...kinds], { minLength: 2, maxLength: 7 }).chain((some) =>
    fc.array(fc.array(fc.tuple(fc.constantFrom(...some), id, handle, small, id), { minLength: 1, maxLength: 4 }), {
      maxLength: 12,
    }),
  )

  async function act([kind, memberId, handle, n, other = 'a']: readonly [
    string,
    string,
    string | undefined,
    number,
    string?,
  ]): Promise<unknown> {
    const { entities, patterns } = db
    const connected = { jobs: entities.Job, queue: patterns.jobQueue }
    switch (kind) {
      case 'join':
        return onlyOnce(
          patterns.join({ requestId: `${memberId}${n}`, memberId, name: `n${n}`, ...(handle !== undefined && { handle }) }),
        )
      case 'rename':
        return entities.Member.update({ memberId }, { name: `n${n}`, handle: handle ?? remove() })
      case 'flag':
        return entities.Member.update({ memberId }, { flagged: n === 0 ? remove() : `f${n}` })
      case 'follow':
        if (memberId === other) return undefined
        return patterns.follow({ follower: memberId, followee: other })
      case 'followWithPhoto':
        if (memberId === other) return undefined
        await entities.Album.create({ albumId: 'x' }).catch(() => undefined)
        return onlyOnce(
          patterns.followWithPhoto({ requestId: `follow ${memberId}${n}`, follower: memberId, followee: other, size: n }),
        )
      case 'unfollow':
        if (memberId === other) return undefined
        return patterns.unfollow({ follower: memberId, followee: other })
      case 'remove':
        return removeNode(
          { memberId },
          {
            close: patterns.closeMember,
            drop: patterns.dropMember,
            edges: [
              {
                edge: follows.entities.Follow,
                at: () => [patterns.followed({ follower: memberId }), patterns.followers({ followee: memberId })],
                unlinkMany: patterns.unfollowMany,
              },
            ],
          },
        )
      case 'visit':
        return entities.Visit.put({ memberId, when: new Date(now().getTime() + n * day), page: other })
      case 'score':
        return submitScore(entities.Score, { board: 'b', player: memberId, score: n })
      case 'place':
        return entities.Place.put({ country: 'CH', city: memberId, street: other, rating: n })
      case 'session':
        return entities.Session.put({ token: `${memberId}${n}`, memberId, expiresAt: new Date(now().getTime() + n * 3_600_000) })
      case 'job':
        return entities.Job.create({ payload: { task: memberId } })
      case 'work': {
        const job = await claimJob(connected, { worker: memberId, milliseconds: 60_000, now })
        return job && completeJob(connected, job)
      }
      case 'photo':
        await entities.Album.create({ albumId: 'x' }).catch(() => undefined)
        return patterns.addPhoto({ albumId: 'x', photoId: memberId, size: ids.indexOf(memberId) })
      case 'less':
        if (n === 0) await patterns.deleteAlbum({ albumId: 'x' }).catch(() => undefined)
        return patterns.deletePhoto({ albumId: 'x', photoId: memberId, size: ids.indexOf(memberId) })
      case 'view':
        return incrementCounter(views, db, { counter: 'v', by: 1, token: `${memberId}${n}`, now })
      case 'save': {
        const latest = (await entities.Document.get({ documentId: other }, { consistent: true }))?.latest ?? 0
        return patterns.saveDocument({ documentId: other, author: memberId, base: latest })
      }
      case 'note':
        return entities.Note.create({ owner: 'o', noteId: memberId, slug: handle ?? 'none' })
      case 'unnote':
        return patterns.deleteNote({ owner: 'o', noteId: memberId })
      case 'renote':
        return patterns.restoreNote({ owner: 'o', noteId: memberId })
      default: {
        const held = await acquireLease(entities.Lease, { lease: 'l', owner: memberId, milliseconds: 1000, now })
        return held && releaseLease(entities.Lease, held)
      }
    }
  }

  it('keep every index, guard and copy what the items say, after any history of many at once', async () => {
    await fc.assert(
      fc.asyncProperty(histories, small, async (rounds, faults) => {
        for (const { PK, SK } of await rawItems(engine.client(), table.name))
          await engine.client().send(new DeleteItemCommand({ TableName: table.name, Key: { PK, SK } as never }))
        if (faults > 1) engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.03, seed: rounds.length })
        if (faults > 2) engine.faults.add({ kind: 'throttle', probability: 0.03, seed: rounds.length })
        const surprises: unknown[] = []
        for (const round of rounds) {
          await Promise.all(
            round.map((one) =>
              act(one as never).catch((error: unknown) => {
                if (!refusals.some((refusal) => error instanceof refusal)) surprises.push(error)
              }),
            ),
          )
          engine.clock.advance(1_800_000)
        }
        engine.faults.clear()
        if (faults <= 1) expect(surprises).to.deep.equal([])
        const items = await checkTable(model, engine.client(), now())
        await checkCounts(items)
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })

  /** What the patterns promise across items: edges have both ends, which count them; the indexes answer what is there. */
  async function checkCounts(items: readonly StoredItem[]): Promise<void> {
    const of = (type: string) => items.filter((item) => item._type?.S === type && item._source === undefined)
    const edges = of('Follow')
    for (const item of of('Member')) {
      const memberId = item.memberId?.S
      const ends =
        edges.filter(({ follower }) => follower?.S === memberId).length +
        edges.filter(({ followee }) => followee?.S === memberId).length
      expect(Number(item.edgeCount?.N), `edges of ${memberId}`).to.equal(ends)
    }
    const members = new Set(of('Member').map(({ memberId }) => memberId?.S))
    for (const { follower, followee } of edges)
      expect([members.has(follower?.S), members.has(followee?.S)]).to.deep.equal([true, true])
    for (const { albumId, photos, bytes } of of('Album')) {
      const children = of('Photo').filter((photo) => photo.albumId?.S === albumId?.S)
      const sizes = children.map(({ size }) => Number(size?.N))
      expect([photos?.N, bytes?.N].map(Number)).to.deep.equal([children.length, sizes.reduce((sum, size) => sum + size, 0)])
    }
    const told = of('Request').filter(({ requestId }) => requestId?.S?.startsWith('follow '))
    expect(of('Photo').filter(({ photoId }) => photoId?.S?.includes('-'))).to.have.length(told.length)
    for (const { documentId, latest, author } of of('Document')) {
      const versions = of('DocumentVersion').filter((one) => one.documentId?.S === documentId?.S)
      const numbers = versions.map(({ number }) => Number(number?.N)).sort((a, b) => a - b)
      expect(numbers).to.deep.equal(Array.from({ length: Number(latest?.N) }, (_, index) => index + 1))
      expect(versions.find(({ number }) => number?.N === latest?.N)?.author).to.deep.equal(author)
    }
    expect(await readCounter(views, db, { counter: 'v' })).to.equal(of('ViewsToken').length)
    expect(await db.patterns.members({}).all()).to.have.length(members.size)
    expect(await db.patterns.top({ board: 'b' }).all()).to.have.length(of('Score').length)
    expect(await db.patterns.placesWithin({ country: 'CH' }).all()).to.have.length(of('Place').length)
  }
})
