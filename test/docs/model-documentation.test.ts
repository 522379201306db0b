import { expect } from 'chai'
import { describeModel, type PatternDocumentation } from '../../lib/docs/index.ts'
import {
  type Attributes,
  createdAt,
  defineEntity,
  defineModel,
  defineTable,
  get,
  number,
  query,
  string,
  updatedAt,
} from '../../lib/index.ts'
import { shop } from './shop.ts'

const documentation = describeModel(shop, { connectedAs: 'shop' })
const entity = (name: string) => documentation.entities.find((one) => one.name === name)
const pattern = (name: string): PatternDocumentation => {
  const found = documentation.patterns.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no pattern ${name}`)
  return found
}
const attribute = (entityName: string, path: string) => entity(entityName)?.attributes.find((one) => one.path === path)

describe('the documentation of a model, as data', () => {
  it('has the table without its indexes', () => {
    expect(documentation.table).to.deep.equal({
      name: 'shop',
      partitionKey: { name: 'PK', type: 'S' },
      sortKey: { name: 'SK', type: 'S' },
      timeToLive: 'expires',
      typeAttribute: '_type',
      keyEncoding: 'escaped',
      delimiter: '#',
    })
  })

  it('has for each index who declares it, who else is in it, and what reads it', () => {
    const members = documentation.indexes.map(({ name, entities, alsoHolds, patterns }) => ({
      name,
      entities,
      alsoHolds,
      patterns,
    }))
    expect(members).to.deep.equal([
      { name: 'GSI1', entities: ['Customer', 'Order'], alsoHolds: [], patterns: ['customerByEmail', 'ordersByStatus'] },
      { name: 'Queue', entities: ['Order', 'Ticket'], alsoHolds: [], patterns: ['openOrders'] },
      { name: 'ByCity', entities: ['Customer'], alsoHolds: [], patterns: ['bestInCity'] },
      { name: 'Inverted', entities: ['Order'], alsoHolds: ['Customer', 'Ticket'], patterns: ['orderById'] },
      { name: 'ByDate', entities: ['Order'], alsoHolds: [], patterns: ['ordersSince'] },
    ])
  })

  it('has the templates of an entity’s keys, each with the key of the example item', () => {
    expect(entity('Order')?.key).to.deep.equal({
      partition: { attribute: 'PK', template: 'CUSTOMER#{customerId}', natural: false, example: 'CUSTOMER#c$S1' },
      sort: { attribute: 'SK', template: 'ORDER#{orderId}', natural: false, example: 'ORDER#01KEZ0G8M0ABCDEFGHJKMNPQRS' },
    })
    const [byStatus, queue] = entity('Order')?.indexes ?? []
    expect(byStatus?.shards).to.deep.equal({ by: 'hash', count: 3, from: 2 })
    expect(byStatus?.partition.example).to.match(/^ORDERS#open#[234]$/)
    expect(queue?.when).to.equal('status = open')
  })

  it('marks natural keys, and gives no key for an index that the example is not in', () => {
    const byCity = entity('Customer')?.indexes.find(({ index }) => index === 'ByCity')
    expect(byCity?.partition).to.deep.equal({ attribute: 'city', template: '{city}', natural: true, example: 'Zürich' })
    expect(byCity?.sort?.example).to.equal('1200')
    const [queue] = entity('Ticket')?.indexes ?? []
    expect(queue?.requires).to.deep.equal(['resolvedAt'])
    expect(queue?.partition).to.not.have.property('example')
  })

  it('has the unique constraints, each with the key of its guard and that of the example item’s', () => {
    const keyAttributes = ['PK', 'SK']
    expect(entity('Customer')?.unique).to.deep.equal([
      {
        constraint: 'email',
        attributes: ['email'],
        template: 'CUSTOMER_EMAIL#{email}',
        keyAttributes,
        example: 'CUSTOMER_EMAIL#ada@example.com',
        requires: [],
        expires: false,
      },
      {
        constraint: 'place',
        attributes: ['city', 'points'],
        template: 'CUSTOMER_PLACE#{city}#{points}',
        keyAttributes,
        example: 'CUSTOMER_PLACE#Zürich#0001200',
        requires: [],
        expires: false,
      },
    ])
    expect(entity('Order')?.unique).to.deep.equal([])
    expect(entity('Ticket')?.unique).to.deep.equal([
      {
        constraint: 'resolution',
        attributes: ['resolvedAt'],
        template: 'TICKET_RESOLVED#{resolvedAt}',
        keyAttributes,
        requires: ['resolvedAt'],
        expires: true,
      },
    ])
  })

  it('gives the guards of a table without a sort key one key attribute', () => {
    const table = defineTable({ name: 'things', partitionKey: 'PK' })
    const Thing = defineEntity('Thing', {
      attributes: { id: string(), tag: string() },
      key: { pk: 'THING#{id}' },
      unique: { tag: 'TAG#{tag}' },
    })
    const [thing] = describeModel(defineModel({ table, entities: { Thing } })).entities
    expect(thing?.unique[0]?.keyAttributes).to.deep.equal(['PK'])
  })

  const types: [entity: string, path: string, type: string, storedType: string][] = [
    ['Customer', 'customerId', 'string, 1 to 20 characters', 'S'],
    ['Customer', 'points', 'whole number, 0 to 1,000,000', 'N'],
    ['Customer', 'address', 'map of street, lines', 'M'],
    ['Customer', 'address.lines', 'list of string (up to 9 characters), up to 2 elements', 'L'],
    ['Customer', 'settings', 'what its schema (zod) accepts', 'any'],
    ['Customer', 'version', 'number of writes', 'N'],
    ['Customer', 'createdAt', 'datetime of creation', 'S'],
    ['Order', 'status', 'one of open, paid', 'S'],
    ['Order', 'total', 'number, at least 0', 'N'],
    ['Order', 'tags', 'set of strings', 'SS'],
    ['Order', 'lines', 'list of map of sku, gift, at least 1 element', 'L'],
    ['Order', 'lines[].gift', 'boolean', 'BOOL'],
    ['Order', 'prices.*.amount', 'number', 'N'],
    ['Order', 'payment', '{ kind: card; last4: string } or { kind: cash }', 'M'],
    ['Order', 'seal', 'binary, up to 32 bytes', 'B'],
    ['Ticket', 'expires', 'datetime of expiry', 'N'],
  ]
  for (const [name, path, type, storedType] of types)
    it(`describes ${name}.${path} as ${type}`, () => expect(attribute(name, path)).to.include({ type, storedType }))

  it('says what an input must have, and what becomes of an attribute', () => {
    expect(attribute('Customer', 'name')).to.include({ stored: 'n', presence: 'required', readOnly: false, hidden: false })
    expect(attribute('Customer', 'email')).to.include({ checked: true, pattern: '/^[^@|\\s]+@\\S+$/' })
    expect(attribute('Customer', 'city')).to.include({ presence: 'default', default: 'Zürich', readOnly: true })
    expect(attribute('Customer', 'password')).to.include({ hidden: true })
    expect(attribute('Customer', 'settings')).to.include({ presence: 'optional' })
    expect(attribute('Customer', 'version')).to.include({ presence: 'generated' })
    expect(attribute('Customer', 'address.street')).to.include({ stored: 'address.s', example: 'Lane 1' })
    expect(attribute('Order', 'orderId')).to.include({ default: 'a new one' })
    expect(attribute('Order', 'placedAt')).to.include({ default: 'the time of the write' })
  })

  const calls: [pattern: string, code: string][] = [
    ['customer', "await shop.patterns.customer({ customerId: 'c#1' })"],
    ['customerByEmail', "await shop.patterns.customerByEmail({ email: 'ada@example.com' })"],
    ['bestInCity', "await shop.patterns.bestInCity({ city: 'Zürich', points: { gte: 1200 } }, { limit: 20 })"],
    ['orders', "await shop.patterns.orders({ customerId: 'c#1' }, { limit: 20 })"],
    [
      'ordersSince',
      "await shop.patterns.ordersSince(\n  { customerId: 'c#1', placedAt: { gte: new Date('2030-01-01T00:00:00.000Z') } },\n  { limit: 20 },\n)",
    ],
    [
      'openOrders',
      "await shop.patterns.openOrders(\n  { placedAt: { lt: new Date('2030-01-02T00:00:00.000Z') } },\n  { limit: 20 },\n)",
    ],
    ['orderById', "await shop.patterns.orderById({ orderId: '01KEZ0G8M0ABCDEFGHJKMNPQRS' })"],
    ['customerWithOrders', "await shop.patterns.customerWithOrders({ customerId: 'c#1' })"],
    ['allTickets', 'await shop.patterns.allTickets({}, { limit: 20 })'],
    ['odd name', "await shop.patterns['odd name']({ ticketId: 't1' })"],
  ]
  for (const [name, expected] of calls)
    it(`calls ${name} with the examples`, () => expect(pattern(name).example.code).to.equal(expected))

  it('has the requests that the example call sends, one for each shard or segment', () => {
    expect(pattern('customer').example.requests).to.deep.equal([
      {
        TableName: 'shop',
        Key: { PK: { S: 'CUSTOMER#c$S1' }, SK: { S: 'PROFILE#c$S1' } },
        ConsistentRead: true,
        ProjectionExpression: '#PK, #SK, #_type, #customerId, #n, #email',
        ExpressionAttributeNames: {
          '#PK': 'PK',
          '#SK': 'SK',
          '#_type': '_type',
          '#customerId': 'customerId',
          '#n': 'n',
          '#email': 'email',
        },
      },
    ])
    const counts = documentation.patterns.map(({ name, example }) => [name, example.requests.length])
    expect(Object.fromEntries(counts)).to.include({ orders: 1, ordersByStatus: 3, allTickets: 2, customerWithOrders: 1 })
    const partitions = pattern('ordersByStatus').example.requests.map(
      (request) => JSON.stringify(request).match(/ORDERS#open#\d/)?.[0],
    )
    expect(partitions).to.deep.equal(['ORDERS#open#2', 'ORDERS#open#3', 'ORDERS#open#4'])
  })

  it('has shape, answers, order and rate of each pattern', () => {
    expect(documentation.patterns.map(({ name, shape, plan, sortedBy }) => [name, shape, plan.order, sortedBy])).to.deep.equal([
      ['customer', 'one', 'none', undefined],
      ['customerByEmail', 'one', 'ascending', 'CUSTOMER'],
      ['bestInCity', 'page', 'descending', '{points}'],
      ['orders', 'page', 'ascending', 'ORDER#{orderId}'],
      ['ordersSince', 'page', 'descending', '{placedAt}'],
      ['ordersByStatus', 'page', 'descending', '{placedAt}'],
      ['openOrders', 'page', 'ascending', '{placedAt}'],
      ['bigOrders', 'page', 'ascending', 'ORDER#{orderId}'],
      ['orderById', 'one', 'ascending', 'CUSTOMER#{customerId}'],
      ['customerWithOrders', 'collection', 'descending', 'SK'],
      ['allTickets', 'page', 'none', undefined],
      ['odd name', 'one', 'none', undefined],
    ])
    expect(pattern('customerWithOrders').answers).to.deep.equal([
      { entity: 'Customer', cardinality: 'one', member: 'customer' },
      { entity: 'Order', cardinality: 'many', member: 'orders' },
    ])
    expect(pattern('customer')).to.deep.include({ whole: false, rate: { perSecond: 0.5 } })
    expect(pattern('orders').whole).to.equal(true)
  })

  it('has inputs with their types in words, and whether a range can be asked for', () => {
    expect(pattern('ordersByStatus').inputs).to.deep.equal([
      { attribute: 'status', key: 'partition', required: true, type: 'one of open, paid', range: false },
      { attribute: 'placedAt', key: 'sort', required: false, type: 'datetime', range: true },
    ])
  })

  it('tells the examples at the latest time that they have for a write, or at a fixed time', () => {
    const table = defineTable({ name: 'things', partitionKey: 'PK' })
    const nowOf = (attributes: Attributes) =>
      describeModel(
        defineModel({
          table,
          entities: { Thing: defineEntity('Thing', { attributes: { id: string(), ...attributes }, key: { pk: 'THING#{id}' } }) },
        }),
      ).now
    const [created, updated] = [new Date('2030-01-01T00:00:00Z'), new Date('2030-02-01T00:00:00Z')]
    expect(nowOf({ createdAt: createdAt().example(created), updatedAt: updatedAt().example(updated) })).to.deep.equal(updated)
    expect(nowOf({ createdAt: createdAt() })).to.deep.equal(new Date('2026-01-15T09:30:00Z'))
  })

  it('gives no example of half a key', () => {
    const table = defineTable({
      name: 'places',
      partitionKey: 'PK',
      indexes: { ByRank: { partitionKey: 'city', sortKey: { name: 'rank', type: 'number' } } },
    })
    const Place = defineEntity('Place', {
      attributes: { id: string(), city: string(), rank: number().optional() },
      key: { pk: 'PLACE#{id}' },
      indexes: { ByRank: { pk: '{city}', sk: '{rank}' } },
    })
    const [place] = describeModel(defineModel({ table, entities: { Place } })).entities
    expect(place?.indexes[0]).to.deep.equal({
      index: 'ByRank',
      partition: { attribute: 'city', template: '{city}', natural: true },
      sort: { attribute: 'rank', template: '{rank}', natural: true },
      requires: ['rank'],
    })
  })

  it('names the entity whose examples make no item, and the pattern whose input they do not make', () => {
    const table = defineTable({ name: 'things', partitionKey: 'PK', indexes: { GSI1: { partitionKey: 'GSI1PK' } } })
    const Strict = defineEntity('Strict', { attributes: { id: string({ pattern: /^\d+$/ }) }, key: { pk: 'S#{id}' } })
    const Loose = defineEntity('Loose', {
      attributes: { id: string(), tag: string().optional() },
      key: { pk: 'L#{id}' },
      indexes: { GSI1: { pk: 'TAG#{tag}' } },
    })
    const refused = defineModel({ table, entities: { Strict }, accessPatterns: { strict: get(Strict) } })
    expect(() => describeModel(refused)).to.throw(/^Strict: .*id: .*\.example\(\)/s)
    const lacking = defineModel({ table, entities: { Loose }, accessPatterns: { loose: query(Loose).index('GSI1') } })
    expect(() => describeModel(lacking)).to.throw(/^loose: .*tag has no example/)
  })
})
