// What the engine assumes of dynalite's internals. When one of these fails after an upgrade, lib/local/dynalite.ts is the place to look.
import { createRequire } from 'node:module'
import { expect } from 'chai'
import { dynaliteVersion, loadDynalite, type Parsed } from '../../lib/local/dynalite.ts'
import { itemBytes } from '../../lib/local/item-size.ts'
import { Turn } from '../../lib/local/turn.ts'

const require = createRequire(import.meta.url)

describe('dynalite', () => {
  const dynalite = loadDynalite()
  const table = {
    TableName: 'contract',
    TableStatus: 'ACTIVE',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  }

  it('is pinned to the version that the engine is written for', () => {
    expect(require('dynalite/package.json').version).to.equal(dynaliteVersion)
    expect(require('../../package.json').devDependencies.dynalite).to.equal(dynaliteVersion)
  })

  it('has the actions and rules of every operation that is left to it', () => {
    const operations = ['BatchGetItem', 'BatchWriteItem', 'CreateTable', 'DeleteItem', 'DeleteTable', 'DescribeTable', 'GetItem']
    operations.push('ListTables', 'ListTagsOfResource', 'PutItem', 'Query', 'Scan', 'TagResource', 'UntagResource')
    operations.push('UpdateItem', 'UpdateTable')
    for (const operation of operations) {
      expect(dynalite.action(operation), operation).to.be.a('function')
      expect(dynalite.rules(operation).types, operation).to.be.an('object')
      expect(dynalite.rules(operation).custom ?? (() => undefined), operation).to.be.a('function')
    }
  })

  it('makes keys that sort: a hash, then the parts in hexadecimal, each ended', () => {
    expect(dynalite.db.createKey({ pk: { S: 'aé' } }, table)).to.match(/^[0-9a-f]{6}\/61c3a9\/$/)
    expect(dynalite.db.createIndexKey({ pk: { S: 'aé' } }, table, table.KeySchema)).to.match(/^[0-9a-f]{6}\/61c3a9\/[0-9a-f]{6}$/)
  })

  it('leaves parsed expressions where the engine looks for them', () => {
    const store = new Turn(dynalite, new Map())
    const update = {
      UpdateExpression: 'SET a = b REMOVE c[0]',
      ConditionExpression: 'size(a) > :n',
      ExpressionAttributeValues: { ':n': { N: '1' } },
    }
    expect(dynalite.rules('UpdateItem').custom?.(update, store)).to.equal(undefined)
    const parsed: Parsed = update as Parsed
    expect(parsed._condition?.expression).to.deep.include({ type: '>' })
    expect(parsed._updates?.sections).to.deep.include({ type: 'set', path: ['a'], val: ['b'], attrType: null })
    expect(parsed._updates?.sections.at(-1)).to.deep.equal({ type: 'remove', path: ['c', 0] })
    const query = {
      KeyConditionExpression: 'pk = :p',
      FilterExpression: 'm.n = :p',
      ProjectionExpression: 'm.n, a',
      ExpressionAttributeValues: { ':p': { S: 'p' } },
    }
    expect(dynalite.rules('Query').custom?.(query, store)).to.equal(undefined)
    expect((query as Parsed)._filter?.pathHeads).to.deep.equal({ m: true })
    expect((query as Parsed)._projection?.paths).to.deep.equal([['m', 'n'], ['a']])
    expect(query).to.have.nested.property('KeyConditions.pk.ComparisonOperator', 'EQ')
  })

  it('is patched the same however often it is loaded', () => {
    expect(loadDynalite().db.compare).to.equal(dynalite.db.compare)
    expect(dynalite.db.compare('LT', { S: '\uffff' }, [{ S: '😀' }])).to.equal(true)
  })

  it('counts sizes as the engine does, but for text beyond ASCII', () => {
    const size = require('dynalite/db/index.js').itemSize as typeof itemBytes
    const numbers = ['0', '1', '12', '123', '-5', '0.5', '0.05', '1000', '-123.456', '100000000000000000000', '0.0001']
    for (const N of numbers) expect(itemBytes({ n: { N } }), N).to.equal(size({ n: { N } }))
    const item = { a: { M: { b: { L: [{ S: 'x' }, { N: '1' }, { BOOL: true }, { NULL: true }] } } }, c: { BS: ['AAEC', 'AA=='] } }
    expect(itemBytes(item)).to.equal(size(item))
  })
})
