// The stream of a table of many tenants: what is made from it is made of each tenant's own items, in one batch as in several.
import { expect } from 'chai'
import {
  bigint,
  changes,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  number,
  query,
  string,
  version,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { applyToAggregate } from '../../patterns/apply-aggregate.ts'
import { copied, derivedCopies } from '../../patterns/derived-copies.ts'
import { fanOut } from '../../patterns/fan-out.ts'
import { aggregated, streamAggregate, total } from '../../patterns/stream-aggregate.ts'
import { tenantIsolation } from '../../patterns/tenant-isolation.ts'
import { arnOf, iteratorOf, recordsFrom } from '../local/streams-access.ts'

const table = defineTable({
  name: 'stream-tenants',
  partitionKey: 'PK',
  sortKey: 'SK',
  tenant: 'tenantId',
  timeToLive: 'expiresAt',
})
const User = defineEntity('User', {
  attributes: { userId: bigint(), name: string(), points: number(), version: version() },
  key: { pk: 'USER#{userId}', sk: 'USER' },
})
const Post = defineEntity('Post', {
  attributes: {
    userId: bigint().readOnly(),
    postId: string(),
    author: string().onlyInTransactions(),
    authorVersion: number().onlyInTransactions(),
  },
  key: { pk: 'USER#{userId}', sk: 'POST#{postId}' },
  onlyInTransactions: copied,
})
const Totals = defineEntity('Totals', {
  attributes: { group: bigint(), points: total() },
  key: { pk: 'TOTALS#{group}', sk: 'TOTALS' },
  onlyInTransactions: aggregated,
})
const points = streamAggregate({
  name: 'UserPoints',
  source: User,
  aggregate: Totals,
  contribution: (user) => [{ key: { group: 0n }, add: { points: user.points } }],
})
const authors = derivedCopies({
  source: User,
  target: Post,
  key: { userId: 'userId' },
  values: { author: 'name' },
  version: 'authorVersion',
  create: 'writePost',
  refresh: 'refreshPost',
})
const isolated = tenantIsolation({
  tenant: 'tenantId',
  entities: { User, Post, Totals, ...points.entities },
  accessPatterns: { ...points.accessPatterns, ...authors.accessPatterns, postsOf: query(Post).consistent() },
})
const model = defineModel({ table, ...isolated })

describe('the stream of many tenants', () => {
  let engine: LocalEngine
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client(), { stream: 'NEW_IMAGE' })
  })
  after(() => engine.close())
  const userId = 9_007_199_254_740_993n

  it('gives each tenant totals and copies of its own items, whoever applies it', async () => {
    const of = (tenantId: string) => connect(model, { client: engine.client(), context: { tenantId } })
    const [acme, globex] = [of('acme'), of('globex')]
    const tenants = { acme, globex }
    for (const [name, { entities, patterns }] of Object.entries(tenants)) {
      const { version } = await entities.User.create({ userId, name, points: name.length })
      await patterns.writePost({ userId, postId: '1', author: name, authorVersion: version })
      await entities.User.update({ userId }, { name: `${name}!` })
    }
    const streams = engine.streamsClient()
    const arn = await arnOf(streams, 'stream-tenants')
    const batch = changes(model, await recordsFrom(streams, await iteratorOf(streams, arn)))
    await applyToAggregate(points, acme, batch)
    await fanOut(authors, acme, batch, ({ userId }, context) => acme.with(context).patterns.postsOf({ userId }))
    for (const [name, { entities, patterns }] of Object.entries(tenants)) {
      expect(await entities.Totals.get({ group: 0n })).to.include({ points: name.length })
      expect((await patterns.postsOf({ userId })).items).to.have.nested.property('[0].author', `${name}!`)
    }
  })
})
