// What defineModel says of time buckets that cannot be: in the wrong place, of the wrong type, or without the time in the sort key.
import { expect } from 'chai'
import { datetime, defineEntity, defineModel, defineTable, inverted, ModelError, string, ulid } from '../../lib/index.ts'

const table = defineTable({
  name: 'buckets',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    NoSort: { partitionKey: 'NoSortPK' },
    Inverted: { partitionKey: 'SK', sortKey: 'PK' },
    Local: { type: 'local', sortKey: 'LSI1SK' },
  },
})
const attributes = { id: ulid(), at: datetime(), name: string() }
const bucketed = { pk: 'E#{at:day}', sk: '{at}#{id}' }

describe('defineModel refuses time buckets', () => {
  const mistakes: [string, Parameters<typeof defineEntity>[1], string, string][] = [
    ['in a sort key', { attributes, key: { pk: 'E#{id}', sk: '{at:day}' } }, 'misplaced-bucket', 'E.key.sk'],
    ['of what is no time', { attributes, key: { pk: 'E#{name:day}', sk: '{name}#{id}' } }, 'no-bucket', 'E.key.pk'],
    [
      'whose time is not in the sort key',
      { attributes, key: { pk: 'E#{at:day}', sk: '{id}' } },
      'bucket-without-time',
      'E.key.pk',
    ],
    [
      'whose time is not in the sort key of an index',
      { attributes, key: { pk: 'E#{id}', sk: 'E' }, indexes: { GSI1: { pk: '{at:month}', sk: '{name}' } } },
      'bucket-without-time',
      'E.indexes.GSI1.pk',
    ],
    [
      'in an index without a sort key',
      { attributes, key: { pk: 'E#{id}', sk: 'E' }, indexes: { NoSort: { pk: '{at:month}' } } },
      'bucket-without-time',
      'E.indexes.NoSort.pk',
    ],
    [
      'that a local index would read without their time',
      { attributes, key: bucketed, indexes: { Local: { sk: '{name}' } } },
      'bucket-without-time',
      'E.indexes.Local.sk',
    ],
    [
      'that an inverted index would sort by',
      { attributes, key: bucketed, indexes: { Inverted: inverted() } },
      'misplaced-bucket',
      'E.indexes.Inverted',
    ],
    [
      'in a unique value',
      { attributes, key: { pk: 'E#{id}', sk: 'E' }, unique: { daily: 'DAILY#{name}#{at:day}' } },
      'misplaced-bucket',
      'E.unique.daily',
    ],
    ['of a length that there is not', { attributes, key: { pk: 'E#{at:week}', sk: '{at}' } }, 'unknown-modifier', 'E.key.pk'],
  ]
  for (const [title, input, code, place] of mistakes)
    it(title, () => {
      try {
        defineModel({ table, entities: { E: defineEntity('E', input as never) } })
      } catch (error) {
        expect(error).to.be.instanceOf(ModelError)
        expect((error as ModelError).problems.map((problem) => [problem.code, problem.place])).to.deep.equal([[code, place]])
        return
      }
      expect.fail('the model was accepted')
    })

  it('and accepts them where the sort key has the time', () => {
    const indexes = { GSI1: { pk: 'ALL#{at:month}', sk: '{at}' }, Local: { sk: '{at}' } }
    expect(() =>
      defineModel({ table, entities: { E: defineEntity('E', { attributes, key: bucketed, indexes }) } }),
    ).to.not.throw()
  })
})
