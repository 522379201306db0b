// The requests of updates, as text: one expression per case, so that a change of it is seen.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import * as valibot from 'valibot'
import {
  add,
  addToSet,
  append,
  connect,
  defineEntity,
  defineModel,
  defineTable,
  ifNotExists,
  list,
  map,
  number,
  patch,
  prepend,
  record,
  remove,
  removeFromSet,
  string,
  stringSet,
  ValidationError,
} from '../../lib/index.ts'

const Item = defineEntity('Item', {
  attributes: {
    id: string(),
    name: string().optional(),
    count: number({ min: 0, max: 10 }).optional().storedAs('c'),
    group: string(),
    rank: number({ min: 0, max: 99 }),
    tags: stringSet(),
    lines: list(string()).default([]),
    inner: map({ a: string().optional(), n: number({ max: 5 }).optional(), deep: map({ x: number() }).optional() }).optional(),
    counts: record(number()).default({}),
    email: valibot.pipe(valibot.string(), valibot.toLowerCase(), valibot.includes('@')),
    emails: list(valibot.pipe(valibot.string(), valibot.includes('@'))).default([]),
  },
  key: { pk: 'ITEM#{id}' },
  indexes: { GSI1: { pk: '{group}', sk: '{rank}#{name}' } },
})
const table = defineTable({ name: 'items', partitionKey: 'PK', indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } } })
const model = defineModel({ table, entities: { Item } })

/** A client would be told of nothing: these tests send nothing. */
const items = () => connect(model, { client: new DynamoDBClient({ region: 'us-east-1' }) }).entities.Item
const paramsOf = (changes: object, options: object = {}) =>
  items()
    .update({ id: '1' }, changes, options as never)
    .params() as { [name: string]: unknown }

describe('the request of an update', () => {
  const expressions: readonly [string, object, string, string?][] = [
    ['sets', { email: 'A@b' }, 'SET #email = :email'],
    ['leaves an empty set out', { tags: new Set() }, 'REMOVE #tags'],
    [
      'appends to what may be absent',
      { lines: append(['x']) },
      'SET #lines = list_append(if_not_exists(#lines, :lines), :lines2)',
    ],
    ['prepends', { lines: prepend(['x']) }, 'SET #lines = list_append(:lines, if_not_exists(#lines, :lines2))'],
    ['adds to a set and takes from it', { tags: addToSet('a') }, 'ADD #tags :tags'],
    ['takes from a set', { tags: removeFromSet('a') }, 'DELETE #tags :tags'],
    ['adds to a number up to its bound', { count: add(3) }, 'ADD #c :c2', '(attribute_not_exists(#c) OR #c <= :c)'],
    ['takes from a number down to its bound', { count: add(-3) }, 'ADD #c :c2', '#c >= :c'],
    ['adds nothing that can not be', { count: add(11) }, 'ADD #c :c2', '#c <= :c'],
    [
      'patches a map',
      { inner: patch({ a: remove(), n: add(1), deep: { x: 1 } }) },
      'SET #inner.#n = if_not_exists(#inner.#n, :n2) + :n3, #inner.#deep = :deep REMOVE #inner.#a',
      'attribute_exists(#inner) AND (attribute_not_exists(#inner.#n) OR #inner.#n <= :n)',
    ],
    [
      'patches a record',
      { counts: patch({ k: add(2), l: remove() }) },
      'SET #counts.#k = if_not_exists(#counts.#k, :k) + :k2 REMOVE #counts.#l',
      'attribute_exists(#counts)',
    ],
    ['sets when absent', { email: ifNotExists('A@b') }, 'SET #email = if_not_exists(#email, :email)'],
  ]
  for (const [name, changes, expression, condition] of expressions) {
    it(name, () => {
      const { UpdateExpression, ConditionExpression } = paramsOf(changes)
      expect(UpdateExpression).to.equal(expression)
      expect(ConditionExpression).to.equal(`attribute_exists(#PK)${condition === undefined ? '' : ` AND ${condition}`}`)
    })
  }

  it('takes an item out of an index for which one optional part is removed, without asking for the others', () => {
    const { UpdateExpression } = paramsOf({ name: remove() })
    expect(UpdateExpression).to.equal('REMOVE #name, #GSI1PK, #GSI1SK')
  })

  it('rewrites a key from known values, on condition that they are right', () => {
    const request = paramsOf({ rank: add(1) }, { known: { rank: 4, name: 'n', group: 'g' } })
    expect(request.UpdateExpression).to.equal('SET #rank = :rank, #GSI1SK = :GSI1SK')
    expect(request.ConditionExpression).to.equal('attribute_exists(#PK) AND #rank = :rank2 AND #name = :name AND #group = :group')
    expect(request.ExpressionAttributeValues).to.deep.include({ ':rank': { N: '5' }, ':GSI1SK': { S: '05#n' } })
  })

  it('puts values through the Standard Schemas of their attributes, also inside operations', () => {
    for (const changes of [{ email: 'A@B' }, { email: ifNotExists('A@B') }])
      expect(paramsOf(changes).ExpressionAttributeValues).to.deep.equal({ ':email': { S: 'a@b' } })
    for (const changes of [{ email: 'x' }, { email: ifNotExists('x') }, { emails: append(['x']) }, { emails: prepend(['x']) }])
      expect(() => paramsOf(changes))
        .to.throw(ValidationError)
        .with.property('reason', 'check-failed')
  })

  it('numbers the values of one attribute without looking at all that came before', () => {
    const { ExpressionAttributeValues = {} } = paramsOf({}, { if: { rank: Array.from({ length: 100 }, (_, index) => index) } })
    const names = Object.keys(ExpressionAttributeValues as object)
    expect([names[0], names[1], names.at(-1)]).to.deep.equal([':rank', ':rank2', ':rank100'])
  })
})
