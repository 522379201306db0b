// Models that are put together from random parts which are right: nothing is found in them.
import { expect } from 'chai'
import fc from 'fast-check'
import {
  and,
  bigint,
  boolean,
  createdAt,
  datetime,
  decimal,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  get,
  inverted,
  itemCollection,
  list,
  many,
  map,
  not,
  number,
  one,
  oneOf,
  or,
  query,
  scan,
  string,
  ulid,
  updatedAt,
  uuid,
  version,
} from '../../lib/index.ts'
import { propertyRuns } from '../property-runs.ts'
import { problemsOf, type Untyped } from './mistakes.ts'

/** Attributes that every entity has, and those that are drawn. */
const fixed = { id: ulid(), owner: string(), status: oneOf('open', 'paid'), total: number(), placedAt: datetime() }
const drawn = {
  note: string().optional(),
  secret: string().hidden(),
  address: map({ city: string(), zip: string().optional() }),
  lines: list(map({ sku: string() })),
  price: decimal(),
  count: bigint(),
  done: boolean(),
  token: uuid(),
  renamed: string().storedAs('r'),
  revision: version(),
  made: createdAt(),
  touched: updatedAt(),
  gone: expiresAt().optional(),
}

const segment = fc.constantFrom('X', '{status}', 'T{total}', '{placedAt}', '{placedAt:desc}', '{total:desc}', 'Y')
const sortTemplate = fc
  .uniqueArray(segment, { minLength: 1, maxLength: 3, selector: (text) => /\{(\w+)/.exec(text)?.[1] ?? text })
  .map((segments) => segments.join('#'))
const numbers = { count: fc.integer({ min: 1, max: 20 }), from: fc.nat({ max: 3 }) }
const hashed = fc.record({ ...numbers, of: fc.constantFrom('owner', 'id') }, { requiredKeys: ['count'] })
const shards = fc.oneof(hashed, fc.record({ ...numbers, by: fc.constant('random') }))
const when = fc.constantFrom(
  { status: 'open' },
  { status: ['open', 'paid'] },
  { total: { gte: 1, lt: 5 } },
  { owner: { beginsWith: 'a' }, placedAt: { exists: true } },
)
const templates = fc.record(
  { pk: fc.constantFrom('ALL', 'S#{status}', '{owner}#I'), sk: sortTemplate, when, shards },
  { requiredKeys: ['pk', 'sk'] },
)
const condition = fc.constantFrom(
  { total: { between: [1, 5] } },
  or({ total: 1 }, { owner: ['a', 'b'] }),
  and({ owner: { beginsWith: 'a' } }, not({ total: { exists: false } })),
)

const entityParts = fc.record({
  attributes: fc.subarray(Object.keys(drawn)),
  sk: sortTemplate,
  GSI1: fc.option(templates),
  GSI2: fc.option(templates),
  Local: fc.option(sortTemplate),
  inverted: fc.boolean(),
})

type EntityParts = typeof entityParts extends fc.Arbitrary<infer Parts> ? Parts : never

/** Literals of its own keep an entity's keys apart from those of others. */
function entityOf(name: string, { attributes, sk, GSI1, GSI2, Local, ...parts }: EntityParts, spread: object | null): Untyped {
  return defineEntity(name, {
    attributes: { ...fixed, ...Object.fromEntries(attributes.map((attribute) => [attribute, drawn[attribute as 'note']])) },
    key: { pk: 'OWNER#{owner}', sk: `${name}#{id}#${sk}`, ...(spread && { shards: spread }) },
    indexes: {
      ...(GSI1 && { GSI1 }),
      ...(GSI2 && { GSI2 }),
      ...(Local && { Local: { sk: Local } }),
      ...(parts.inverted && { Inverted: inverted() }),
    },
  } as Untyped)
}

function patternsOf(entities: Readonly<Record<string, Untyped>>, where: object): Record<string, unknown> {
  const each = Object.entries(entities).flatMap(([name, entity]) => [
    [`get${name}`, get(entity).consistent()],
    [
      `query${name}`,
      query(entity)
        .where(where as never)
        .descending()
        .rate({ perSecond: 0.5 }),
    ],
    [
      `scan${name}`,
      scan(entity)
        .segments(4)
        .select('total' as never)
        .describe('All'),
    ],
    ...Object.keys(entity.indexes).map((index) => [
      `${index}Of${name}`,
      query(entity)
        .index(index as never)
        .one(),
    ]),
  ])
  const members = Object.entries(entities).map(([name, entity], position) => [name, position === 0 ? one(entity) : many(entity)])
  return { ...Object.fromEntries(each), collection: itemCollection(Object.fromEntries(members)) }
}

const model = fc
  .record({
    parts: fc.array(entityParts, { minLength: 1, maxLength: 4 }),
    keyEncoding: fc.constantFrom('escaped', 'verbatim'),
    typeAttribute: fc.constantFrom(undefined, false, 'kind'),
    where: condition,
    spread: fc.option(hashed),
  })
  .map(({ parts, keyEncoding, typeAttribute, where, spread }) => {
    const table = defineTable({
      name: 'shop',
      partitionKey: 'PK',
      sortKey: 'SK',
      indexes: {
        GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
        GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK' },
        Local: { type: 'local', sortKey: 'LSK' },
        Inverted: { partitionKey: 'SK', sortKey: 'PK' },
      },
      timeToLive: 'ttl',
      keyEncoding,
      ...(typeAttribute !== undefined && { typeAttribute }),
    } as Untyped)
    // Where text may hold the delimiter nothing can be said of verbatim keys, and only fixed-width values descend in them.
    const entities = Object.fromEntries(
      parts.map((part, position) => [`Entity${position}`, entityOf(`Entity${position}`, plain(part, keyEncoding), spread)]),
    )
    return { table, entities, accessPatterns: patternsOf(entities, where) }
  })

function plain(parts: EntityParts, keyEncoding: string): EntityParts {
  return keyEncoding === 'escaped' ? parts : (JSON.parse(JSON.stringify(parts).replaceAll(':desc', '')) as EntityParts)
}

describe('a model of parts that are right', () => {
  it('has no problems', () => {
    fc.assert(
      fc.property(model, (input) => {
        expect(problemsOf(input)).to.deep.equal([])
      }),
      { numRuns: propertyRuns },
    )
  })

  it('has what it was made of, by name', () => {
    fc.assert(
      fc.property(model, ({ table, entities, accessPatterns }) => {
        const made = defineModel({ table, entities, accessPatterns: accessPatterns as Untyped })
        expect(Object.keys(made.resolved.entities)).to.deep.equal(Object.keys(entities))
        expect(Object.keys(made.resolved.patterns)).to.deep.equal(Object.keys(accessPatterns))
        for (const [name, entity] of Object.entries(entities)) {
          expect(made.entities[name]).to.equal(entity)
          expect(Object.keys(made.resolved.entities[name]?.indexes ?? {})).to.deep.equal(Object.keys(entity.indexes))
        }
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })
})
