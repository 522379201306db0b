// Models that are right but for one change, and the tests that a mistake in them is reported: used by the tests beside this file.
import { expect } from 'chai'
import {
  boolean,
  createdAt,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  ModelError,
  map,
  number,
  oneOf,
  type Problem,
  record,
  string,
  stringSet,
  ulid,
  updatedAt,
  version,
} from '../../lib/index.ts'

/** The types refuse most of these mistakes; those who write JavaScript make them all the same. */
// biome-ignore lint/suspicious/noExplicitAny: what is tested is what the types refuse
export type Untyped = any
export type Change = Record<string, unknown>

export const tableInput = {
  name: 'shop',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    GSI2: { partitionKey: 'GSI2PK' },
    Same: { partitionKey: 'GSI2PK', sortKey: 'SK' },
    Keys: { partitionKey: 'KeysPK', sortKey: 'KeysSK', projection: 'KEYS_ONLY' },
    Some: { partitionKey: 'SomePK', projection: ['total', '_type'] },
    Scores: { partitionKey: { name: 'score', type: 'number' } },
    Bytes: { partitionKey: { name: 'bytesKey', type: 'binary' } },
    Owner: { partitionKey: 'owner' },
    Inverted: { partitionKey: 'SK', sortKey: 'PK' },
    Local: { type: 'local', sortKey: 'LSK' },
  },
  timeToLive: 'ttl',
}
export const orderInput = {
  attributes: {
    userId: string(),
    orderId: ulid(),
    status: oneOf('open', 'paid').default('open'),
    total: number(),
    note: string().optional(),
    tags: stringSet(),
    address: map({ city: string(), country: string() }),
    flags: record(map({ on: boolean() })),
    placedAt: datetime(),
    secret: string().hidden(),
    revision: version(),
    touched: updatedAt(),
    made: createdAt(),
    gone: expiresAt().optional(),
  },
  key: { pk: 'USER#{userId}', sk: 'ORDER#{orderId}' },
}

export const table = (change: Change = {}) => defineTable({ ...tableInput, ...change } as Untyped)
export const index = (change: unknown) => ({ indexes: { ByName: change } })
export const entity = (change: Change = {}, name = 'Order') =>
  defineEntity(name, { ...orderInput, ...change } as Untyped) as Untyped
export const attribute = (attributes: Change) => ({ attributes: { ...orderInput.attributes, ...attributes } })
export const inIndex = (name: string, templates: unknown) => ({ indexes: { [name]: templates } })

/** A model that is right but for the change. */
export const ofTable = (change: Change) => ({ table: table(change), entities: {} })
export const ofEntity = (change: Change) => ({ table: table(), entities: { Order: entity(change) } })
export const ofTwo = (change: Change, name = 'Other') => ({
  table: table(),
  entities: { Order: entity(), Other: entity(change, name) },
})
export const ofPattern = (pattern: (Order: Untyped) => unknown, change: Change = {}) => {
  const Order = entity(change)
  return { table: table(), entities: { Order }, accessPatterns: { asked: pattern(Order) } }
}
export const ofCollection = (change: Change, collect: (Order: Untyped, Other: Untyped) => unknown, orders: Change = {}) => {
  const [Order, Other] = [entity(orders), entity(change, 'Other')]
  return { table: table(), entities: { Order, Other }, accessPatterns: { asked: collect(Order, Other) } }
}

export function problemsOf(model: unknown): readonly Problem[] {
  try {
    defineModel(model as Untyped)
  } catch (error) {
    if (error instanceof ModelError) return error.problems
    throw error
  }
  return []
}

export type Case = readonly [
  title: string,
  model: () => unknown,
  code: string,
  place: string,
  message: string | RegExp,
  hint: string | RegExp,
]

/** One test for each case; `alone` says that the mistake is the only problem that is reported. */
export function refuses(group: string, cases: readonly Case[], { alone = true } = {}): void {
  describe(group, () => {
    for (const [title, model, code, place, message, hint] of cases)
      it(title, () => {
        const problems = problemsOf(model())
        const found = problems.find((problem) => problem.code === code && problem.place === place)
        expect(found, JSON.stringify(problems)).not.to.equal(undefined)
        expect(found?.message).to.match(pattern(message))
        expect(found?.hint).to.match(pattern(hint))
        if (alone) expect(problems).to.have.length(1)
      })
  })
}

function pattern(expected: string | RegExp): RegExp {
  return typeof expected === 'string' ? new RegExp(expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : expected
}
