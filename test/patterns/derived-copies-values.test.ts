// Copies of maps, records and sets: they are compared as wholes when a target is made.
import { expect } from 'chai'
import {
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  map,
  number,
  record,
  remove,
  string,
  stringSet,
  TransactionCanceledError,
  version,
} from '../../lib/index.ts'
import { copied, derivedCopies } from '../../patterns/derived-copies.ts'
import { failureOf } from '../client/observed-requests.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'

const table = defineTable({ name: 'copied-values', partitionKey: 'PK', sortKey: 'SK' })

describe('derived copies of maps, records and sets', () => {
  let engine: TestEngine
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  it('are compared as a whole, whatever is in them', async () => {
    const Site = defineEntity('Site', {
      attributes: {
        siteId: string(),
        place: map({ city: string().optional(), size: number().optional() }).optional(),
        links: record(number()).optional(),
        tags: stringSet(),
        version: version(),
      },
      key: { pk: 'SITE#{siteId}', sk: 'SITE' },
    })
    const Visit = defineEntity('Visit', {
      attributes: {
        siteId: string(),
        visitId: string(),
        place: map({ city: string().optional(), size: number().optional() }).optional().onlyInTransactions(),
        links: record(number()).optional().onlyInTransactions(),
        tags: stringSet().onlyInTransactions(),
        siteVersion: number().onlyInTransactions(),
      },
      key: { pk: 'VISITS#{siteId}', sk: '{visitId}' },
      onlyInTransactions: copied,
    })
    const sites = derivedCopies({
      source: Site,
      target: Visit,
      key: { siteId: 'siteId' },
      values: { place: 'place', links: 'links', tags: 'tags' },
      version: 'siteVersion',
      create: 'visit',
      refresh: 'refreshVisit',
    })
    const model = defineModel({ table, entities: { Site, Visit }, accessPatterns: sites.accessPatterns })
    await createTable(model, engine.client())
    const { entities, patterns } = connect(model, { client: engine.client() })
    const now = { place: { city: 'Zug', size: 5 }, links: { size: 2, eq: 3 }, tags: new Set(['a']) }
    await entities.Site.create({ siteId: 's', ...now })
    const visit = (visitId: string, copies: object) => patterns.visit({ siteId: 's', visitId, siteVersion: 1, ...now, ...copies })
    const old = [{ place: { city: 'Zug' } }, { place: {} }, { links: { size: 2 } }, { links: {} }, { tags: new Set<string>() }]
    for (const copies of old)
      expect(await failureOf(() => visit('1', copies)), JSON.stringify(copies)).to.be.instanceOf(TransactionCanceledError)
    expect((await visit('1', {}))[0]).to.deep.include(now)
    await entities.Site.update({ siteId: 's' }, { place: {}, links: remove(), tags: new Set<string>() })
    expect((await visit('2', { place: {}, links: undefined, tags: new Set<string>() }))[0]).to.deep.include({ place: {} })
  })
})
