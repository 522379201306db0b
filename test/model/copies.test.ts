// Copies that cannot be kept, or could be taken for something else, are refused with the model.
import { expect } from 'chai'
import { copyOf, defineEntity, defineModel, defineTable, expiresAt, map, string, version } from '../../lib/index.ts'
import { problemsOf, type Untyped } from './mistakes.ts'

const table = defineTable({
  name: 'users',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  timeToLive: 'ttl',
})
const User = defineEntity('User', {
  attributes: {
    id: string(),
    email: string().storedAs('e'),
    name: string().optional(),
    secret: string().hidden(),
    place: map({ city: string() }),
    until: expiresAt().optional(),
    version: version(),
  },
  key: { pk: 'USER#{id}', sk: 'PROFILE' },
})
const input = { attributes: ['email', 'id'], key: { pk: 'EMAIL#{email}', sk: 'CARD' } }
const card = (change: object = {}, source: Untyped = User) => copyOf(source, 'Card', { ...input, ...change } as Untyped)

describe('the copies of a model', () => {
  const found = (change: object, others: object = {}) =>
    problemsOf({ table, entities: { User, Card: card(change), ...others } }).map(({ code, place }) => `${code} ${place}`)

  it('are accepted, also with hidden attributes, and with optional ones in their keys', () => {
    const hidden = { attributes: ['email', 'secret', 'name'], key: { pk: 'S#{secret}', sk: '{name}' } }
    expect(found(hidden)).to.deep.equal([])
    expect(found({ indexes: { GSI1: { pk: 'CARDS', sk: '{email}', when: { email: { beginsWith: 'a' } } } } })).to.deep.equal([])
  })

  it('have the attributes of their source, stored under the same names, and its expiry hidden', () => {
    const { entities } = defineModel({ table, entities: { User, Card: card() } }).resolved
    const { Card } = entities
    expect(Object.values(Card?.attributes ?? {}).map(({ name, stored }) => [name, stored])).to.deep.equal([
      ['email', 'e'],
      ['id', 'id'],
      ['until', 'ttl'],
    ])
    expect([Card?.visible, Card?.expiresAt]).to.deep.equal([['email', 'id'], 'until'])
    expect(entities.User?.copies).to.deep.equal([Card])
  })

  const Other = defineEntity('Other', { attributes: { id: string() }, key: { pk: 'EMAIL#{id}', sk: 'CARD' } })
  const Taking = defineEntity('Taking', {
    attributes: { id: string() },
    key: { pk: 'T#{id}', sk: 'T' },
    unique: { id: 'EMAIL#{id}' },
  })
  const cases: [string, object, string[], object?][] = [
    ['an unknown attribute', { attributes: ['email', 'nmae'] }, ['unknown-attribute Card.attributes']],
    ['an inherited name', { attributes: ['email', 'constructor'] }, ['unknown-attribute Card.attributes']],
    ['no list of attributes', { attributes: 'email' }, ['not-a-list Card.attributes', 'unknown-attribute Card.key.pk']],
    ['a key over what is not copied', { key: { pk: 'NAME#{name}', sk: 'CARD' } }, ['unknown-attribute Card.key.pk']],
    [
      'an index over what is not copied',
      { indexes: { GSI1: { pk: 'N', sk: '{name}' } } },
      ['unknown-attribute Card.indexes.GSI1.sk'],
    ],
    ['a map in the key', { attributes: ['place'], key: { pk: '{place}', sk: 'C' } }, ['not-a-key-type Card.key.pk']],
    [
      'what each update changes in the key',
      { attributes: ['version'], key: { pk: '{version}', sk: 'C' } },
      ['changing-key Card.key.pk'],
    ],
    ['the key of their source', { attributes: ['id'], key: { pk: 'USER#{id}', sk: 'PROFILE' } }, ['overlapping-keys Card.key']],
    ['the key of another entity', {}, ['overlapping-keys Other.key'], { Other }],
    ['the key of another copy', {}, ['overlapping-keys Second.key'], { Second: copyOf(User, 'Second', input as Untyped) }],
    ['the guards of another in their partition', {}, ['overlapping-keys Taking.unique.id'], { Taking }],
    ['a name that is taken', {}, ['twice entities.Again', 'overlapping-keys Card.key'], { Again: card() }],
    [
      'random shards',
      { indexes: { GSI1: { pk: 'C', sk: '{email}', shards: { count: 2, by: 'random' } } } },
      ['bad-shards Card.indexes.GSI1.shards'],
    ],
    ['unique values', { unique: { email: 'E#{email}' } }, ['unknown-option Card.unique']],
    ['writes of their own', { onlyInTransactions: ['create'] }, ['unknown-option Card.onlyInTransactions']],
  ]
  for (const [what, change, problems, others] of cases)
    it(`are refused with ${what}`, () => expect(found(change, others)).to.deep.equal(problems))

  it('are refused without their source', () => {
    const [problem] = problemsOf({ table, entities: { Card: card() } })
    expect(problem).to.deep.include({ code: 'unknown-entity', place: 'Card' })
    expect(problem?.message).to.equal('it is a copy of User, which is not an entity of the model.')
  })

  it('are refused of what is no entity', () => {
    const codes = problemsOf({ table, entities: { Card: card({}, { name: 'User' }) } }).map(({ code }) => code)
    expect(codes).to.include('not-an-entity')
  })

  it('are refused of another copy', () => {
    const Card = card()
    const Second = copyOf(Card, 'Second', { attributes: ['id'], key: { pk: 'S#{id}', sk: 'S' } } as Untyped)
    const problems = problemsOf({ table, entities: { User, Card, Second } })
    expect(problems.map(({ code, place, hint }) => [code, place, hint])).to.deep.equal([['copy-of-copy', 'Second', 'Copy User.']])
  })

  it('are refused when a write of their source could need more actions than a transaction has', () => {
    const copies = (count: number) =>
      Array.from({ length: count }, (_, n) => copyOf(User, `C${n}`, { attributes: ['id'], key: { pk: `C${n}#{id}`, sk: 'C' } }))
    const model = (count: number) => ({
      table,
      entities: Object.fromEntries([User, ...copies(count)].map((entity) => [entity.name, entity])),
    })
    expect(problemsOf(model(49))).to.deep.equal([])
    expect(problemsOf(model(50)).map(({ code, place }) => `${code} ${place}`)).to.deep.equal(['too-many-copies User'])
  })

  it('report what is wrong with an attribute once, where it is declared', () => {
    const Wrong = defineEntity('Wrong', {
      attributes: { id: string(), type: string().storedAs('_type') },
      key: { pk: 'WRONG#{id}', sk: 'W' },
    })
    const Copied = copyOf(Wrong, 'Copied', { attributes: ['id', 'type'], key: { pk: 'COPIED#{id}', sk: 'C' } })
    const problems = problemsOf({ table, entities: { Wrong, Copied } })
    expect(problems.map(({ place }) => place)).to.deep.equal(['Wrong.attributes.type'])
  })

  it('keep an attribute from being stored like their mark', () => {
    const Marked = defineEntity('Marked', { attributes: { id: string(), _source: string() }, key: { pk: 'M#{id}', sk: 'M' } })
    expect(problemsOf({ table, entities: { Marked } }).map(({ code }) => code)).to.deep.equal(['reserved-name'])
  })
})
