// Writes, as text, an application as large as they get: 50 entities of 12 attributes in two indexes, 150 access patterns, 200 calls.
// What it costs the compiler is measured in cost.test.ts.

/** The source of the application; `with` says which parts of it, each of which needs those before it. */
export function largeModel(entities: number, upTo: 'entities' | 'model' | 'calls'): string {
  const numbers = Array.from({ length: entities }, (_, number) => number)
  const parts = [[imports, table, ...numbers.map(entity)], [model(numbers)], [connection, ...numbers.map(calls)]]
  const count = { entities: 1, model: 2, calls: 3 }[upTo]
  return parts.slice(0, count).flat().join('\n')
}

const imports = `import {
  add, connect, datetime, defineEntity, defineModel, defineTable, get, list, map, number, oneOf, query, remove, string, stringSet, ulid, version,
} from 'singlet'
`

const table = `export const table = defineTable({
  name: 'large',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK' },
  },
})
`

/** Entities differ in names and in values, as real ones do, so that the compiler cannot answer one from another. */
function entity(number: number): string {
  return `export const Entity${number} = defineEntity('Entity${number}', {
  attributes: {
    userId: string(),
    orderId: ulid(),
    status: oneOf('pending', 'paid', 'state${number}').default('pending'),
    total: number({ min: 0 }),
    placedAt: datetime().default('now'),
    note: string().optional(),
    email${number}: string().readOnly(),
    address: map({ street: string(), city${number}: string(), note: string().optional() }),
    lines: list(map({ sku: string(), quantity${number}: number() })).optional(),
    tags: stringSet().optional(),
    score${number}: number(),
    version: version(),
  },
  key: { pk: 'USER${number}#{userId}', sk: 'ENTITY#{orderId}' },
  indexes: {
    GSI1: { pk: 'STATUS${number}#{status}', sk: '{placedAt}#{orderId}' },
    GSI2: { pk: 'EMAIL${number}#{email${number}}', sk: '{score${number}}', when: { status: ['pending', 'paid'] } },
  },
})
`
}

function model(numbers: readonly number[]): string {
  const patterns = numbers.flatMap((number) => [
    `    ofUser${number}: query(Entity${number}).descending(),`,
    `    byStatus${number}: query(Entity${number}).index('GSI1').descending().describe('Newest first'),`,
    `    byEmail${number}: ${number % 2 === 0 ? `query(Entity${number}).index('GSI2').one()` : `get(Entity${number})`},`,
  ])
  return `export const model = defineModel({
  table,
  entities: { ${numbers.map((number) => `Entity${number}`).join(', ')} },
  accessPatterns: {
${patterns.join('\n')}
  },
})
`
}

const connection = `declare const client: Parameters<typeof connect>[1]['client']
export const shop = connect(model, { client })
`

function calls(number: number): string {
  return `export async function calls${number}(userId: string) {
  const created = await shop.entities.Entity${number}.create({
    userId, total: ${number}, email${number}: 'a@b.c', address: { street: 's', city${number}: 'c' }, score${number}: 1,
  })
  const { orderId } = created
  const changed = await shop.entities.Entity${number}.update(
    { userId, orderId },
    { status: 'state${number}', total: add(5), note: remove() },
    { if: { status: 'pending' } },
  )
  const got = await shop.entities.Entity${number}.get({ userId, orderId })
  const page = await shop.patterns.byStatus${number}({ status: 'state${number}', placedAt: { gte: changed.placedAt } }, { limit: 20 })
  return [created.total, changed.version, got?.note, page.items[0]?.score${number}] as const
}
`
}
