// What can be wrong with attributes that come from the connection, and with a table that several tenants share.
import { expect } from 'chai'
import {
  defineEntity,
  defineTable,
  fromContext,
  get,
  inverted,
  itemCollection,
  many,
  one,
  query,
  scan,
  string,
  transaction,
} from '../../lib/index.ts'
import { type Change, problemsOf, refuses, type Untyped } from './mistakes.ts'

const tableInput = {
  name: 'shared',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' }, Email: { partitionKey: 'email' } },
  tenant: 'tenantId',
}
const noteInput = {
  attributes: { tenantId: fromContext(), author: string(), noteId: string(), title: string() },
  key: { pk: 'TENANT#{tenantId}#AUTHOR#{author}', sk: 'NOTE#{noteId}' },
  indexes: { GSI1: { pk: 'TENANT#{tenantId}#NOTES', sk: '{title}' } },
  unique: { title: 'TENANT#{tenantId}#TITLE#{title}' },
}
const Inverted = { Inverted: { partitionKey: 'SK', sortKey: 'PK' } }

const table = (change: Change = {}) => defineTable({ ...tableInput, ...change } as Untyped)
const entity = (change: Change = {}, name = 'Note') => defineEntity(name, { ...noteInput, ...change } as Untyped) as Untyped
const attributes = (change: Change) => ({ attributes: { ...noteInput.attributes, ...change } })
const ofNote = (change: Change, ofTable: Change = {}) => ({ table: table(ofTable), entities: { Note: entity(change) } })
const ofPattern = (pattern: (Note: Untyped) => unknown, change: Change = {}, ofTable: Change = {}) => {
  const Note = entity(change)
  return { table: table(ofTable), entities: { Note }, accessPatterns: { asked: pattern(Note) } }
}
/** Without the rules of a shared table: what its entities and patterns must hold by themselves. */
const open = { tenant: undefined }
const noUnique = { unique: undefined }

describe('a table of several tenants', () => {
  it('takes an entity whose keys all begin with the tenant', () => {
    expect(problemsOf(ofNote({}))).to.deep.equal([])
    expect(problemsOf(ofPattern((Note) => query(Note).index('GSI1')))).to.deep.equal([])
    expect(problemsOf(ofPattern((Note) => get(Note)))).to.deep.equal([])
    expect(problemsOf(ofPattern((Note) => itemCollection({ notes: many(Note) })))).to.deep.equal([])
  })
  it('takes an inverted index where the sort key begins with the tenant too', () => {
    const sk = 'TENANT#{tenantId}#NOTE#{noteId}'
    const change = { key: { ...noteInput.key, sk }, indexes: { Inverted: inverted() }, ...noUnique }
    expect(problemsOf(ofPattern((Note) => query(Note).index('Inverted'), change, { indexes: Inverted }))).to.deep.equal([])
  })
  it('takes the tenant as the whole partition key', () => {
    const key = { pk: '{tenantId}', sk: noteInput.key.sk }
    const natural = { key, indexes: {}, ...noUnique }
    expect(problemsOf(ofNote(natural, { partitionKey: 'tenantId' }))).to.deep.equal([])
  })
})

refuses('of a table of several tenants', [
  ['no name', () => ofNote({}, { tenant: 7 }), 'not-text', 'table.tenant', '7 is no text', 'Give a text'],
  [
    'an entity without the attribute',
    () => ({
      table: table(),
      entities: {
        Other: entity({ attributes: { id: string() }, key: { pk: '{id}', sk: 'A' }, indexes: {}, ...noUnique }, 'Other'),
      },
    }),
    'no-tenant',
    'Other.attributes',
    'it has no attribute tenantId',
    'Declare tenantId: fromContext()',
  ],
  [
    'an attribute that callers give',
    () => ofNote(attributes({ tenantId: string() })),
    'no-tenant',
    'Note.attributes',
    'tenantId is of type string',
    'Declare tenantId: fromContext()',
  ],
  [
    'a primary key that begins with something else',
    () => ofNote({ key: { pk: 'AUTHOR#{author}#{tenantId}', sk: 'NOTE#{noteId}' } }),
    'tenant-first',
    'Note.key.pk',
    'AUTHOR#{author}#{tenantId} does not begin with {tenantId}',
    'after text alone: TENANT#{tenantId}',
  ],
  [
    'an index that does not name it',
    () => ofNote({ indexes: { GSI1: { pk: 'NOTES', sk: '{title}' } } }),
    'tenant-first',
    'Note.indexes.GSI1.pk',
    'NOTES does not begin with {tenantId}',
    'after text alone: TENANT#{tenantId}',
  ],
  [
    'an index that names it later',
    () => ofNote({ indexes: { GSI1: { pk: 'AUTHOR#{author}#TENANT#{tenantId}', sk: '{title}' } } }),
    'tenant-first',
    'Note.indexes.GSI1.pk',
    'does not begin with {tenantId}',
    'TENANT#{tenantId}',
  ],
  [
    'an index whose shard comes first',
    () => ofNote({ indexes: { GSI1: { pk: '{shard}#TENANT#{tenantId}', sk: '{title}', shards: { count: 4 } } } }),
    'tenant-first',
    'Note.indexes.GSI1.pk',
    'does not begin with {tenantId}',
    'TENANT#{tenantId}',
  ],
  [
    'an attribute that is the partition key of an index, though the entity does not say so',
    () => ofNote(attributes({ email: string() })),
    'tenant-first',
    'Note.indexes.Email.pk',
    '{email} does not begin with {tenantId}',
    'TENANT#{tenantId}',
  ],
  [
    'an index on the sort key, where that does not begin with it',
    () => ofNote({ indexes: {}, ...noUnique }, { indexes: Inverted }),
    'tenant-first',
    'Note.key.sk',
    'NOTE#{noteId} does not begin with {tenantId}, and it is the partition key of Inverted',
    'TENANT#{tenantId}',
  ],
  [
    'unique values of all tenants together',
    () => ofNote({ unique: { title: 'TITLE#{title}' } }),
    'tenant-first',
    'Note.unique.title',
    'TITLE#{title} does not begin with {tenantId}',
    'TENANT#{tenantId}',
  ],
  [
    'keys that begin with other texts',
    () => ofNote({ indexes: { GSI1: { pk: '{tenantId}#NOTES', sk: '{title}' } } }),
    'tenant-prefix',
    'Note.indexes.GSI1.pk',
    'its keys begin with {tenantId}, and those of Note.key.pk with TENANT#{tenantId}',
    'Begin all keys alike',
  ],
  [
    'two entities whose keys two tenants could share',
    () => ({
      table: table(),
      entities: {
        Note: entity({ key: { pk: 'TENANT#{tenantId}#A', sk: 'X' } }),
        Other: entity({ key: { pk: '{tenantId}#B#{author}', sk: 'Y' }, indexes: {}, ...noUnique }, 'Other'),
      },
    }),
    'tenant-prefix',
    'Other.key.pk',
    'its keys begin with {tenantId}, and those of Note.key.pk with TENANT#{tenantId}',
    'Begin all keys alike',
  ],
  [
    'keys that hold the tenant as it is beside such that escape it',
    () => ({
      table: table({ partitionKey: 'tid' }),
      entities: {
        Note: entity({
          ...attributes({ tenantId: fromContext().storedAs('tid') }),
          key: { pk: '{tenantId}', sk: 'A#{noteId}' },
          indexes: {},
          ...noUnique,
        }),
        Other: entity({ key: { pk: '{tenantId}#B', sk: 'B' }, indexes: {}, ...noUnique }, 'Other'),
      },
    }),
    'tenant-prefix',
    'Other.key.pk',
    'with {tenantId}, as it is',
    'Begin all keys alike',
  ],
  [
    'a scan',
    () => ofPattern((Note) => scan(Note)),
    'scan-across',
    'accessPatterns.asked',
    'a scan reads the items of every {tenantId}',
    'Query a partition',
  ],
  [
    'a scan of an index',
    () => ofPattern((Note) => scan(Note).index('GSI1')),
    'scan-across',
    'accessPatterns.asked',
    'every {tenantId}',
    'where it is a string()',
  ],
])

refuses('of attributes from the connection', [
  [
    'one that is not in the primary key',
    () => ofNote(attributes({ actor: fromContext() })),
    'context-not-in-key',
    'Note.attributes.actor',
    'two connections would write the same items',
    'Name {actor} in the key',
  ],
  [
    'one that is optional',
    () => ofNote(attributes({ tenantId: fromContext().optional() }), open),
    'optional-in-key',
    'Note.key.pk',
    '{tenantId} is optional',
    'Make it required',
  ],
  [
    'a scan, also where the table has no tenant',
    () => ofPattern((Note) => scan(Note), {}, open),
    'scan-across',
    'accessPatterns.asked',
    'every {tenantId}',
    'Query a partition',
  ],
  [
    'a query of an index that does not name it',
    () => ofPattern((Note) => query(Note).index('GSI1'), { indexes: { GSI1: { pk: 'NOTES', sk: '{title}#{tenantId}' } } }, open),
    'not-confined',
    'accessPatterns.asked',
    'it reads the items of every {tenantId}, which NOTES does not name',
    "Name it in the partition's template",
  ],
  [
    'a collection that has it in the sort key alone',
    () =>
      ofPattern((Note) => itemCollection({ note: one(Note) }), { key: { pk: 'A#{author}', sk: '{tenantId}#{noteId}' } }, open),
    'not-confined',
    'accessPatterns.asked',
    'every {tenantId}',
    "Name it in the partition's template",
  ],
  [
    'a condition on it in a pattern',
    () => ofPattern((Note) => query(Note).where({ tenantId: 't1' })),
    'from-context',
    'accessPatterns.asked.where.tenantId',
    'tenantId comes from the connection',
    'Leave it out',
  ],
  [
    'one in the input of a transaction',
    () => ofPattern((Note) => transaction({ Note }, { tenantId: fromContext() } as Untyped, () => [] as Untyped)),
    'bad-attributes',
    'accessPatterns.asked.input',
    'fromContext() has no meaning on the attribute tenantId',
    'Declare the input',
  ],
])

describe('an attribute from the connection', () => {
  it('confines a query where the sort key begins with it', () => {
    const change = { key: { pk: 'AUTHOR#{author}', sk: 'IN#{tenantId}#{noteId}' }, indexes: {} }
    expect(problemsOf(ofPattern((Note) => query(Note), change, open))).to.deep.equal([])
  })
  it('has no default', () => {
    expect(() => fromContext().default('t1')).to.throw(TypeError, 'comes from the connection')
  })
})
