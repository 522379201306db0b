// Entities of very many attributes: no expression grows past what DynamoDB takes, and what is written is right.
import { expect } from 'chai'
import fc from 'fast-check'
import {
  add,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  get,
  number,
  query,
  string,
  version,
} from '../../lib/index.ts'
import { fitted } from '../../lib/requests/expression-limit.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { observed } from './observed-requests.ts'

const table = defineTable({
  name: 'wide',
  partitionKey: 'PK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
})

/** With long names, a unique value and an index key that depends on an attribute. */
function wideModel(count: number, versioned: boolean) {
  const names = Array.from({ length: count }, (_, index) => `aRatherLongNameOfAnAttribute${index}`)
  const Wide = defineEntity('Wide', {
    attributes: {
      id: string(),
      code: string().optional(),
      rank: number().default(0),
      ...(versioned && { version: version() }),
      ...Object.fromEntries(names.map((name) => [name, string().optional()])),
    },
    key: { pk: 'WIDE#{id}' },
    indexes: { GSI1: { pk: 'WIDE', sk: '{rank}' } },
    unique: { code: 'CODE#{code}' },
  })
  const accessPatterns = { ranked: query(Wide).index('GSI1'), some: get(Wide).select('id', ...(names as 'id'[])) }
  return { names, model: defineModel({ table, entities: { Wide }, accessPatterns }) }
}

describe('an entity of many attributes', () => {
  let engine: TestEngine
  before(async () => {
    engine = await startTestEngine()
    await createTable(wideModel(1, false).model, engine.client())
  })
  after(() => engine.close())

  // 300 attributes pass the 300 operators of a condition, in which each of them would be two.
  for (const count of [90, 160, 300])
    for (const versioned of [false, true])
      it(`is created, updated, read, found and deleted with ${count}${versioned ? ' and a version' : ''}`, async () => {
        const { names, model } = wideModel(count, versioned)
        const { entities, patterns } = connect(model, { client: engine.client() })
        const { Wide } = entities
        const key = { id: `${count}${versioned}` }
        const values = Object.fromEntries(names.map((name, index) => [name, `v${index}`]))
        const first = { ...key, code: `c${count}`, rank: 0, ...(versioned && { version: 1 }), ...values }
        expect(await Wide.create({ ...values, ...key, code: `c${count}` } as never)).to.deep.equal(first)
        const renamed = Object.fromEntries(names.map((name, index) => [name, `w${index}`]))
        const second = { ...first, ...renamed, rank: 3, code: `d${count}`, ...(versioned && { version: 2 }) }
        const changes = { ...renamed, rank: add(3), code: `d${count}` }
        expect(await Wide.update(key, changes as never)).to.deep.equal(second)
        expect(await Wide.get(key)).to.deep.equal(second)
        expect(await patterns.some(key)).to.deep.equal({ ...key, ...renamed })
        const where = Object.fromEntries(names.slice(0, 90).map((name, index) => [name, `w${index}`]))
        expect((await patterns.ranked({}, { where: where as never })).items).to.deep.equal([second])
        expect(await Wide.delete(key)).to.deep.equal(second)
        expect(await Wide.create({ ...key, code: `d${count}` } as never), 'the guard is gone').to.include(key)
        await Wide.delete(key)
      })

  it('keeps readable placeholders where they fit', async () => {
    const { model } = wideModel(20, false)
    const { Wide } = connect(model, { client: engine.client() }).entities
    const { requests } = await observed(async () => Wide.update({ id: 'few' }, { rank: 4 }, { upsert: true }))
    expect(requests.map(({ operation }) => operation)).to.include('UpdateItem')
    const { UpdateExpression } = Wide.update({ id: 'few' }, { aRatherLongNameOfAnAttribute0: 'x' } as never).params() as {
      UpdateExpression: string
    }
    expect(UpdateExpression).to.include('#aRatherLongNameOfAnAttribute0')
    await Wide.delete({ id: 'few' })
  })

  it('has the same expressions with numbers for placeholders, each for one', () => {
    const placeholder = fc.oneof(fc.stringMatching(/^[a-zA-Z0-9_]{1,60}$/), fc.constantFrom('0', '1', 'a', 'now', 'z'))
    fc.assert(
      fc.property(fc.uniqueArray(placeholder, { minLength: 60, maxLength: 90 }), (names) => {
        const request = {
          ConditionExpression: names
            .map((name) => `#${name} = :${name}`)
            .join(' AND ')
            .padEnd(4097),
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, { S: name }])),
        }
        const short = fitted(request)
        const resolved = short.ConditionExpression.trim().replace(/[#:]\w+/g, (one) =>
          one.startsWith('#') ? (short.ExpressionAttributeNames[one] ?? '?') : (short.ExpressionAttributeValues[one]?.S ?? '?'),
        )
        expect(resolved).to.equal(names.map((name) => `${name} = ${name}`).join(' AND '))
        expect(Object.keys(short.ExpressionAttributeNames)).to.have.length(names.length)
      }),
      { numRuns: propertyRuns },
    )
  })
})
