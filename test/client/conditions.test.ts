// Conditions as data: what they compile to means what they say, and what can't be asked is refused before it is sent.
import { expect } from 'chai'
import fc from 'fast-check'
import { and, ConditionFailedError, connect, not, or, ValidationError } from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { conditions, items, thingModel } from './conditions-arbitraries.ts'

describe('a condition', () => {
  let engine: TestEngine
  before(async () => {
    engine = await startTestEngine()
    await createTable(thingModel, engine.client())
  })
  after(() => engine.close())
  const things = () => connect(thingModel, { client: engine.client() }).entities.Thing

  it('holds for exactly the items that it describes', async () => {
    const Thing = things()
    const answers = new Map<boolean, number>()
    await fc.assert(
      fc.asyncProperty(items, fc.array(conditions, { minLength: 1, maxLength: 4 }), async (attributes, several) => {
        const item = await Thing.put({ id: '1', ...attributes })
        for (const { condition, holds } of several) {
          const expected = holds(item as Record<string, unknown>)
          const update = Thing.update({ id: '1' }, {}, { if: condition })
          const actual = await update.then(
            () => true,
            (error) => {
              if (error instanceof ConditionFailedError) return false
              throw error
            },
          )
          expect(
            actual,
            JSON.stringify(update.params(), (_, value) => (typeof value === 'bigint' ? `${value}n` : value)),
          ).to.equal(expected)
          answers.set(expected, (answers.get(expected) ?? 0) + 1)
        }
      }),
      { numRuns: propertyRuns },
    )
    // Both answers come often, or the property would say little.
    if (propertyRuns >= 100) for (const answer of [true, false]) expect(answers.get(answer)).to.be.above(propertyRuns / 5)
  })

  const texts: readonly [string, object, string][] = [
    ['one test without parentheses', { count: 1 }, '#count = :count'],
    [
      'tests of one object by AND',
      { count: { gte: 1, lt: 5 }, name: 'a' },
      '#count >= :count AND #count < :count2 AND #name = :name',
    ],
    ['and() of one', and({ count: 1 }), '#count = :count'],
    ['or() of one', or({ count: 1 }), '#count = :count'],
    [
      'or() of or()',
      or<object>(or<object>({ count: 1 }, { count: 2 }), { count: 3 }),
      '(#count = :count OR #count = :count2 OR #count = :count3)',
    ],
    ['or() of one or()', or(or({ count: 1 }, { count: 2 })), '(#count = :count OR #count = :count2)'],
    [
      'and() of or()',
      and<object>(or<object>({ count: 1 }, { count: 2 }), { name: 'a' }),
      '(#count = :count OR #count = :count2) AND #name = :name',
    ],
    [
      'or() of and()',
      or<object>(and<object>({ count: 1 }, { name: 'a' }), { count: 2 }),
      '(#count = :count AND #name = :name OR #count = :count2)',
    ],
    ['not()', not({ count: 1 }), 'NOT (#count = :count)'],
    ['not() of not()', not(not({ count: 1 })), 'NOT (NOT (#count = :count))'],
    ['not() of or()', not(or({ count: 1 }, { count: 2 })), 'NOT (#count = :count OR #count = :count2)'],
    ['an attribute of a map', { map: { deep: { x: 1 } } }, '#map.#deep.#x = :x'],
    ['an entry of a record', { record: { anything: { gt: 1 } } }, '#record.#anything > :anything'],
    ['names that need replacing', { 'big-number': 1n }, '#big_number = :big_number'],
    ['no condition for and() of nothing', and(), ''],
    ['no condition for undefined', { count: undefined }, ''],
  ]
  for (const [name, condition, text] of texts) {
    it(`is written as ${name}`, () => {
      const { ConditionExpression } = things().update({ id: '1' }, {}, { if: condition }).params() as {
        ConditionExpression: string
      }
      expect(ConditionExpression).to.equal(text === '' ? 'attribute_exists(#PK)' : `attribute_exists(#PK) AND ${text}`)
    })
  }

  const refused: readonly [string, object, string, string][] = [
    ['an unknown attribute', { coutn: 1 }, 'coutn', 'Did you mean count?'],
    ['an unknown attribute in a logical condition', not(or({ count: 1 }, { coutn: 1 })), 'coutn', 'Did you mean count?'],
    ['an unknown attribute of a map', { map: { deep: { y: 1 } } }, 'map.deep.y', ''],
    ['an unknown attribute of a map, close to one', { map: { txt: 'a' } }, 'map.txt', 'Did you mean text?'],
    ['an unknown test', { count: { gtee: 1 } }, 'count.gtee', 'Did you mean gte?'],
    ['a name that objects inherit', { count: { constructor: 1 } }, 'count.constructor', ''],
    ['a value of another type', { count: '1' }, 'count', ''],
    ['what is no condition', null as never, '', 'a condition'],
    ['a date in place of a condition', or<object>(new Date(0)), '', 'a condition'],
    ['null', { count: null }, 'count', ''],
    ['a range that is the wrong way round', { count: { between: [2, 1] } }, 'count', 'above'],
    ['half a range', { count: { between: [2] } }, 'count', ''],
    ['an order of what has none', { exists: { gt: true } }, 'exists', 'order'],
    ['no value of in', { count: [] }, 'count', ''],
    ['more than 100 values of in', { count: Array.from({ length: 101 }, (_, index) => index) }, 'count', ''],
    ['an empty set', { tags: { eq: new Set() } }, 'tags', 'exists: false'],
    ['a size that is no whole number', { tags: { size: 1.5 } }, 'tags', ''],
    ['a size without a number', { tags: { size: {} } }, 'tags', ''],
    ['an unknown comparison of a size', { tags: { size: { constructor: 1 } } }, 'tags', ''],
    ['or() of nothing', or(), '', 'needs conditions'],
    ['or() with a condition that always holds', or({}, { count: 1 }), '', 'needs conditions'],
    ['not() of nothing', not({}), '', 'needs conditions'],
  ]
  for (const [name, condition, path, text] of refused) {
    it(`refuses ${name}`, () => {
      const operation = () => things().delete({ id: '1' }, { if: condition }).params()
      expect(operation).to.throw(ValidationError, text).with.property('path', path)
    })
  }
})
