// Constraints that cannot be kept, or whose guards could be taken for something else, are refused with the model.
import { expect } from 'chai'
import { defineEntity, defineModel, defineTable, ModelError, number, string, version } from '../../lib/index.ts'

const table = defineTable({
  name: 'users',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { Inverted: { partitionKey: 'SK', sortKey: 'PK' } },
})
const attributes = { id: string(), email: string(), count: number(), tags: string().storedAs('x'), version: version() }
const key = { pk: 'USER#{id}', sk: 'PROFILE#{id}' }

describe('the constraints of a model', () => {
  const problemsOf = (unique: object, other: object = {}, name = 'User') => {
    const User = defineEntity(name, { attributes, key, unique: unique as Record<never, never> })
    const Other = defineEntity('Other', {
      attributes: { id: string(), email: string() },
      key: { pk: 'OTHER#{id}', sk: 'OTHER' },
      ...other,
    })
    try {
      defineModel({ table, entities: { User, Other } })
    } catch (error) {
      if (error instanceof ModelError) return error.problems.map(({ code, place }) => `${code} ${place}`)
      throw error
    }
    return []
  }

  it('are accepted when their guards have keys of their own', () => {
    const other = { unique: { email: 'OTHER_EMAIL#{email}' } }
    expect(problemsOf({ email: 'EMAIL#{email}', both: 'BOTH#{email}#{count}' }, other)).to.deep.equal([])
  })

  const cases: [string, object, object, string][] = [
    ['a guard among the items of its entity', { email: 'USER#{email}' }, {}, 'overlapping-keys User.unique.email'],
    ['a guard among the items of another', { email: 'OTHER#{email}' }, {}, 'overlapping-keys User.unique.email'],
    ['a guard in a partition of an inverted index', { email: 'PROFILE#{email}' }, {}, 'overlapping-keys User.unique.email'],
    ['two guards with one key', { a: 'E#{email}', b: 'E#{id}' }, {}, 'overlapping-keys User.unique.b'],
    ['guards of two entities', { a: 'E#{email}' }, { unique: { b: 'E#{id}' } }, 'overlapping-keys Other.unique.b'],
    ['a misspelt attribute', { email: 'E#{emial}' }, {}, 'unknown-attribute User.unique.email'],
    ['no attribute at all', { email: 'E' }, {}, 'no-placeholder User.unique.email'],
    ['what each update changes', { email: 'E#{version}' }, {}, 'changing-key User.unique.email'],
    ['no text', { email: 7 }, {}, 'not-text User.unique.email'],
  ]
  for (const [what, unique, other, problem] of cases)
    it(`are refused with ${what}`, () => expect(problemsOf(unique, other)).to.deep.equal([problem]))

  it('are refused where the primary key is not text', () => {
    const User = defineEntity('User', { attributes, key: { pk: '{count}' }, unique: { email: 'E#{email}' } })
    const numbers = defineTable({ name: 'numbers', partitionKey: { name: 'PK', type: 'number' } })
    expect(() => defineModel({ table: numbers, entities: { User } }))
      .to.throw(ModelError)
      .with.nested.property('problems[0].code', 'typed-key')
  })

  it('keep an entity from being named like a guard, and an attribute from being stored like its mark', () => {
    expect(problemsOf({}, {}, '#unique')).to.deep.equal(['bad-name #unique'])
    const marked = { attributes: { id: string(), _unique: string() } }
    expect(problemsOf({}, marked)).to.deep.equal(['reserved-name Other.attributes._unique'])
  })
})
