import type { TableDescription } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { defineTable, type TableInput } from '../../lib/model/table.ts'
import { createTableParams } from '../../lib/provision/create-table-params.ts'
import { tableDifferences } from '../../lib/provision/table-differences.ts'
import { TableMismatchError } from '../../lib/provision/table-mismatch.ts'
import { timeToLiveDifferences } from '../../lib/provision/time-to-live.ts'
import { tableInput } from './models.ts'

const { indexes } = tableInput
const expected = createTableParams(defineTable(tableInput))
const { BillingMode: _, ...existing } = expected

const described = (changes: Partial<TableInput>): TableDescription => {
  const { BillingMode: _, ...description } = createTableParams(defineTable({ ...tableInput, ...changes } as TableInput))
  return description as TableDescription
}
const withIndexes = (changes: TableInput['indexes']) => described({ indexes: { ...indexes, ...changes } })
const { GSI2: _gsi2, ...withoutGSI2 } = indexes
const { ByDate: _byDate, ...withoutByDate } = indexes

/** What the table is, and each difference as `place: expected / actual`. */
const cases: readonly (readonly [string, TableDescription, readonly string[]])[] = [
  ['nothing', described({}), []],
  [
    'the name of the partition key',
    described({ partitionKey: 'id' }),
    ['partitionKey: PK (S) / id (S)', 'indexes.ByDate.partitionKey: PK (S) / id (S)'],
  ],
  [
    'the type of the sort key, wherever it is used',
    described({
      sortKey: { name: 'SK', type: 'number' },
      indexes: { ...indexes, Inverted: { partitionKey: { name: 'SK', type: 'number' }, sortKey: 'PK' } },
    }),
    ['sortKey: SK (S) / SK (N)', 'indexes.Inverted.partitionKey: SK (S) / SK (N)'],
  ],
  [
    'a missing sort key',
    { ...existing, KeySchema: [{ AttributeName: 'PK', KeyType: 'HASH' }] } as TableDescription,
    ['sortKey: SK (S) / none'],
  ],
  ['a missing global index', described({ indexes: withoutGSI2 }), ['indexes.GSI2: a global index / none']],
  ['a missing local index', described({ indexes: withoutByDate }), ['indexes.ByDate: a local index / none']],
  [
    'a global index in place of a local one',
    withIndexes({ ByDate: { partitionKey: 'PK', sortKey: 'LSI1SK' } }),
    ['indexes.ByDate: a local index / a global index'],
  ],
  ['an index that the model does not know', withIndexes({ GSI9: { partitionKey: 'GSI9PK' } }), []],
  [
    'the keys of an index',
    withIndexes({ GSI1: { ...indexes.GSI1, partitionKey: 'PK1', sortKey: 'SK1' } }),
    ['indexes.GSI1.partitionKey: GSI1PK (S) / PK1 (S)', 'indexes.GSI1.sortKey: GSI1SK (S) / SK1 (S)'],
  ],
  [
    'the type of an index key',
    withIndexes({ GSI1: { ...indexes.GSI1, sortKey: { name: 'GSI1SK', type: 'binary' } } }),
    ['indexes.GSI1.sortKey: GSI1SK (S) / GSI1SK (B)'],
  ],
  [
    'a sort key that the model does not have',
    withIndexes({ GSI2: { ...indexes.GSI2, sortKey: 'GSI2SK' } }),
    ['indexes.GSI2.sortKey: none / GSI2SK (S)'],
  ],
  [
    'a projection',
    withIndexes({ GSI2: { ...indexes.GSI2, projection: 'ALL' }, ByDate: { ...indexes.ByDate, projection: 'KEYS_ONLY' } }),
    ['indexes.GSI2.projection: KEYS_ONLY / ALL', 'indexes.ByDate.projection: ALL / KEYS_ONLY'],
  ],
  [
    'projected attributes',
    withIndexes({ GSI1: { ...indexes.GSI1, projection: ['title', 'note'] } }),
    ['indexes.GSI1.projection: INCLUDE _type, expiresAt, title, total / INCLUDE _type, expiresAt, note, title'],
  ],
  [
    'nothing by the order of projected attributes',
    withIndexes({ GSI1: { ...indexes.GSI1, projection: ['total', 'title'] } }),
    [],
  ],
]

describe('tableDifferences', () => {
  for (const [name, description, differences] of cases) {
    it(`tells ${name}`, () => {
      const found = tableDifferences(expected, description)
      expect(found.map(({ place, expected, actual }) => `${place}: ${expected} / ${actual}`)).to.have.members(differences)
    })
  }

  it('tells index keys of several attributes', () => {
    const description = withIndexes({})
    const [first, ...others] = description.GlobalSecondaryIndexes ?? []
    const KeySchema = ['GSI1PK', 'GSI2PK'].map((AttributeName) => ({ AttributeName, KeyType: 'HASH' }) as const)
    const found = tableDifferences(expected, { ...description, GlobalSecondaryIndexes: [{ ...first, KeySchema }, ...others] })
    expect(found[0]).to.include({ place: 'indexes.GSI1.partitionKey', actual: 'GSI1PK (S), GSI2PK (S)' })
  })

  it('takes key attributes among the projected ones for what they are: always there', () => {
    const description = described({})
    const global = description.GlobalSecondaryIndexes?.map(({ Projection, ...index }) =>
      Projection?.ProjectionType === 'ALL'
        ? { ...index, Projection }
        : {
            ...index,
            Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: ['PK', ...(Projection?.NonKeyAttributes ?? [])] },
          },
    )
    expect(tableDifferences(expected, { ...description, GlobalSecondaryIndexes: global })).to.deep.equal([])
  })
})

describe('timeToLiveDifferences', () => {
  it('tells another attribute and one that the model does not have, but not one to be enabled', () => {
    const found = (declared: string | undefined, attribute?: string) =>
      timeToLiveDifferences(declared, { known: true, disabling: false, ...(attribute !== undefined && { attribute }) }).map(
        ({ place, expected, actual }) => `${place}: ${expected} / ${actual}`,
      )
    expect(found('a', 'b')).to.deep.equal(['timeToLive: a / b'])
    expect(found(undefined, 'b')).to.deep.equal(['timeToLive: none / b'])
    expect([...found('a', 'a'), ...found('a'), ...found(undefined)]).to.deep.equal([])
  })
})

describe('TableMismatchError', () => {
  it('names each difference, and what to do about them once', () => {
    const description = withIndexes({ GSI1: { ...indexes.GSI1, partitionKey: 'PK1', sortKey: 'SK1' } })
    const { message } = new TableMismatchError('shop', tableDifferences(expected, description))
    expect(message.split('\n')).to.deep.equal([
      'The table shop exists and differs from its model:',
      '  indexes.GSI1.partitionKey: the model says GSI1PK (S), the table has PK1 (S)',
      '  indexes.GSI1.sortKey: the model says GSI1SK (S), the table has SK1 (S)',
      'A global index cannot be changed. Delete it and add it again with UpdateTable, or change the model.',
    ])
  })
})
