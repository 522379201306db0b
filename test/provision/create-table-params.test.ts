import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { ModelError } from '../../lib/errors.ts'
import { defineTable, type TableInput } from '../../lib/model/table.ts'
import { createTableParams } from '../../lib/provision/create-table-params.ts'
import { tableInput } from './models.ts'

const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' }) as const
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' }) as const
const typed = (types: Record<string, 'S' | 'N' | 'B'>) =>
  Object.entries(types).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }))
const names = (count: number) => Array.from({ length: count }, (_, i) => `a${i}`)

const composite = { name: 'shop', partitionKey: 'PK', sortKey: 'SK' } as const
const compositeKeys = [hash('PK'), range('SK')]

const cases: readonly (readonly [string, TableInput, Partial<CreateTableCommandInput>])[] = [
  [
    'a table without a sort key, and no lists of indexes',
    { name: 'shop', partitionKey: 'PK' },
    { AttributeDefinitions: typed({ PK: 'S' }), KeySchema: [hash('PK')] },
  ],
  [
    'keys of numbers and bytes',
    { name: 'shop', partitionKey: { name: 'id', type: 'binary' }, sortKey: { name: 'at', type: 'number' } },
    { AttributeDefinitions: typed({ id: 'B', at: 'N' }), KeySchema: [hash('id'), range('at')] },
  ],
  [
    'a local index, on the partition key of the table',
    { ...composite, indexes: { ByDate: { type: 'local', sortKey: 'at' } } },
    {
      AttributeDefinitions: typed({ PK: 'S', SK: 'S', at: 'S' }),
      KeySchema: compositeKeys,
      LocalSecondaryIndexes: [
        { IndexName: 'ByDate', KeySchema: [hash('PK'), range('at')], Projection: { ProjectionType: 'ALL' } },
      ],
    },
  ],
  [
    'an inverted index, whose attributes are defined once',
    { ...composite, indexes: { Inverted: { partitionKey: 'SK', sortKey: 'PK', projection: 'KEYS_ONLY' } } },
    {
      AttributeDefinitions: typed({ PK: 'S', SK: 'S' }),
      KeySchema: compositeKeys,
      GlobalSecondaryIndexes: [
        { IndexName: 'Inverted', KeySchema: [hash('SK'), range('PK')], Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    },
  ],
  [
    'an index without a sort key',
    { ...composite, indexes: { GSI1: { partitionKey: { name: 'n', type: 'number' } } } },
    {
      AttributeDefinitions: typed({ PK: 'S', SK: 'S', n: 'N' }),
      KeySchema: compositeKeys,
      GlobalSecondaryIndexes: [{ IndexName: 'GSI1', KeySchema: [hash('n')], Projection: { ProjectionType: 'ALL' } }],
    },
  ],
]

const projections: readonly (readonly [string, Partial<TableInput>, readonly string[], readonly string[] | undefined])[] = [
  ['with the type attribute', {}, ['title'], ['title', '_type']],
  ['with the type attribute under its own name', { typeAttribute: 'kind' }, ['title'], ['title', 'kind']],
  ['without a type attribute when there is none', { typeAttribute: false }, ['title'], ['title']],
  ['with the TTL attribute', { timeToLive: 'expiresAt' }, ['title'], ['title', '_type', 'expiresAt']],
  ['with each attribute once', { timeToLive: 'expiresAt' }, ['expiresAt', '_type', 'title'], ['expiresAt', '_type', 'title']],
  ['without key attributes', {}, ['PK', 'G', 'title', 'SK', 'H'], ['title', '_type']],
  ['without the TTL attribute when it is a key of the index', { timeToLive: 'H' }, ['title'], ['title', '_type']],
  ['as KEYS_ONLY when nothing but keys is left', { typeAttribute: false }, ['PK', 'G'], undefined],
]

/** The problems that are reported for a table. */
function problemsOf(input: TableInput, tableName?: string): string[] {
  try {
    createTableParams(defineTable(input), tableName)
  } catch (error) {
    if (error instanceof ModelError) return error.problems.map(({ code, place }) => `${place}: ${code}`)
    throw error
  }
  return []
}

const gsi = (projection: readonly string[]) => ({ partitionKey: 'G', sortKey: 'H', projection })

describe('createTableParams', () => {
  for (const [name, input, expected] of cases) {
    it(`makes ${name}`, () => {
      expect(createTableParams(defineTable(input))).to.deep.equal({
        TableName: 'shop',
        BillingMode: 'PAY_PER_REQUEST',
        ...expected,
      })
    })
  }

  for (const [name, input, projection, expected] of projections) {
    it(`makes INCLUDE projections ${name}`, () => {
      const type = defineTable({ ...composite, indexes: { GSI1: { ...gsi(projection), sortKey: 'H' } }, ...input })
      expect(createTableParams(type).GlobalSecondaryIndexes?.[0]?.Projection).to.deep.equal(
        expected === undefined ? { ProjectionType: 'KEYS_ONLY' } : { ProjectionType: 'INCLUDE', NonKeyAttributes: expected },
      )
    })
  }

  it('defines exactly the key attributes, whatever the indexes share and project', () => {
    const { AttributeDefinitions } = createTableParams(defineTable(tableInput))
    expect(AttributeDefinitions?.map(({ AttributeName }) => AttributeName)).to.deep.equal([
      'PK',
      'SK',
      'GSI1PK',
      'GSI1SK',
      'GSI2PK',
      'LSI1SK',
    ])
  })

  it("takes the environment's table name", () => {
    expect(createTableParams(defineTable(composite), 'shop-test').TableName).to.equal('shop-test')
    expect(problemsOf(composite, 'no spaces')).to.deep.equal(['table.name: bad-name'])
  })

  it('allows 20 projected attributes per index, those that are added included', () => {
    const problems = (count: number) =>
      problemsOf({ ...composite, indexes: { GSI1: gsi(names(count)) }, timeToLive: 'expiresAt' })
    expect(problems(18)).to.deep.equal([])
    expect(problems(19)).to.deep.equal(['table.indexes.GSI1.projection: too-many-projected-attributes'])
  })

  it('allows 100 projected attributes per table, counting those in several indexes several times', () => {
    const indexes = (count: number) => Object.fromEntries(names(count).map((name) => [`Index${name}`, gsi(names(19))]))
    expect(problemsOf({ ...composite, indexes: indexes(5) })).to.deep.equal([])
    expect(problemsOf({ ...composite, indexes: indexes(6) })).to.deep.equal(['table.indexes: too-many-projected-attributes'])
  })

  it('reports other mistakes of the table too', () => {
    const input: TableInput = {
      name: 'shop',
      partitionKey: 'PK',
      indexes: { GSI1: { partitionKey: { name: 'PK', type: 'number' } } },
    }
    expect(problemsOf(input)).to.deep.equal(['table.indexes.GSI1.partitionKey: key-type-conflict'])
  })
})
