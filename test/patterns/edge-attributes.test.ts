// What the edges of an adjacency list say: schemas are applied once, and attributes that are left to transactions can be given to a link.
import { expect } from 'chai'
import { z } from 'zod'
import {
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  number,
  string,
  transaction,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { adjacencyList, counter, nodeAttributes, nodeWrites } from '../../patterns/index.ts'

const table = defineTable({
  name: 'edges',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { Inverted: { partitionKey: 'SK', sortKey: 'PK' } },
})
const Airport = defineEntity('Airport', {
  attributes: { code: string().check(z.string().length(3)).example('BER'), ...nodeAttributes() },
  key: { pk: 'AIRPORT#{code}', sk: 'AIRPORT' },
  onlyInTransactions: nodeWrites,
})
const routes = adjacencyList({
  name: 'Route',
  from: { node: Airport, as: 'origin' },
  to: { node: Airport, as: 'destination' },
  index: 'Inverted',
  attributes: {
    note: z
      .string()
      .transform((text) => `${text}!`)
      .optional(),
    miles: z.string().transform(Number),
    cabin: z.string().default('all'),
    carrier: string().onlyInTransactions(),
    bookings: counter(),
    remark: string().optional().onlyInTransactions(),
  },
})
const { link, edge } = routes.accessPatterns
const model = defineModel({
  table,
  entities: { Airport, ...routes.entities },
  accessPatterns: {
    link,
    edge,
    linkBoth: transaction({ link }, { a: string(), b: string(), miles: string() }, ({ a, b, miles }, { link }) => [
      ...link({ origin: a, destination: b, miles, note: 'part', carrier: 'X' }),
    ]),
    book: transaction(
      { Route: routes.entities.Route },
      { origin: string(), destination: string(), bookings: number() },
      ({ origin, destination, bookings }, { Route }) => [Route.update({ origin, destination }, { bookings, remark: 'booked' })],
    ),
  },
})

describe('an edge of an adjacency list', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client() })
  let { entities, patterns } = {} as ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    ;({ entities, patterns } = open())
    for (const code of ['ZRH', 'LIS', 'OSL']) await entities.Airport.create({ code })
  })
  after(() => engine.close())

  it('has what the schemas of its attributes make of what is given, once', async () => {
    const pair = { origin: 'ZRH', destination: 'LIS' }
    const [route] = await patterns.link({ ...pair, note: 'daily', miles: '1072', carrier: 'A' })
    expect(route).to.deep.equal({ ...pair, note: 'daily!', miles: 1072, cabin: 'all', carrier: 'A', bookings: 0 })
    expect(await patterns.edge(pair)).to.deep.equal(route)
    await patterns.linkBoth({ a: 'OSL', b: 'LIS', miles: '1700' })
    expect(await patterns.edge({ origin: 'OSL', destination: 'LIS' })).to.include({ note: 'part!', miles: 1700 })
  })

  /** The path of the attribute for which a write is refused, at once or when it is awaited. */
  const refusedFor = async (write: () => PromiseLike<unknown>) => {
    const error = await Promise.resolve()
      .then(write)
      .catch((error) => error)
    return error instanceof ValidationError ? error.path : error
  }

  it('joins two nodes in the plan of a link, also where a schema judges what names them', () => {
    const { operations } = patterns.link.explain()
    expect(operations.map(({ kind }) => kind)).to.deep.equal(['create', 'update', 'update'])
  })

  it('is not made with what a schema refuses, nor to what cannot be a node', async () => {
    const route = { origin: 'ZRH', destination: 'OSL', miles: '1', carrier: 'A' }
    for (const miles of [7, undefined] as unknown[] as string[])
      expect(await refusedFor(() => patterns.link({ ...route, miles }))).to.equal('miles')
    expect(await refusedFor(() => patterns.link({ ...route, destination: 'Oslo' }))).to.equal('destination')
  })

  it('is given what only transactions write where there is no edge without it; the rest is written later', async () => {
    const pair = { origin: 'LIS', destination: 'ZRH' }
    const given = { ...pair, miles: '1072', carrier: 'B' }
    expect(await refusedFor(() => patterns.link({ ...given, carrier: undefined as unknown as string }))).to.equal('carrier')
    expect(await refusedFor(() => patterns.link({ ...given, bookings: 5 }))).to.equal('bookings')
    expect(await refusedFor(() => patterns.link({ ...given, remark: 'full' }))).to.equal('remark')
    await patterns.link(given)
    await patterns.book({ ...pair, bookings: 2 })
    expect(await patterns.edge(pair)).to.include({ carrier: 'B', bookings: 2, remark: 'booked' })
  })
})
