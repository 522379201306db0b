// Which item a key is: equal for every way in which DynamoDB may write it, and for nothing else.
import { expect } from 'chai'
import { defineTable } from '../../lib/index.ts'
import { itemIdentity, primaryKeyOf } from '../../lib/requests/item-identity.ts'

const table = (type: 'number' | 'binary' | 'string') =>
  defineTable({ name: 't', partitionKey: 'PK', sortKey: { name: 'SK', type } })
const identity = (PK: string, SK: string) => itemIdentity(table('string'), { PK: { S: PK }, SK: { S: SK } })

describe('the identity of an item', () => {
  it('is the same for a number in every form', () => {
    const of = (N: string) => itemIdentity(table('number'), { PK: { S: 'a' }, SK: { N } })
    for (const form of ['100', '1e2', '100.0', '+100', '1.00E+2']) expect(of(form)).to.equal(of('100'))
    expect(of('100')).not.to.equal(of('100.00000000000000000000000000000000001'))
  })

  it('is that of the bytes, whatever holds them', () => {
    const of = (B: Uint8Array) => itemIdentity(table('binary'), { PK: { S: 'a' }, SK: { B } })
    expect(of(Buffer.from([0, 255]))).to.equal(of(new Uint8Array([0, 255])))
    expect(of(new Uint8Array([0, 255]))).not.to.equal(of(new Uint8Array([0, 254])))
  })

  it('tells partition key and sort key apart', () => {
    expect(identity('a","b', 'c')).not.to.equal(identity('a', 'b","c'))
    expect(identity('a', 'bc')).not.to.equal(identity('ab', 'c'))
  })

  it('goes by the primary key alone', () => {
    const item = { PK: { S: 'a' }, SK: { S: 'b' }, other: { S: 'c' } }
    expect(itemIdentity(table('string'), item)).to.equal(identity('a', 'b'))
    expect(primaryKeyOf(table('string'), item)).to.deep.equal({ PK: { S: 'a' }, SK: { S: 'b' } })
  })
})
