// The parts under the engine: sorted rows, comparisons and sizes, each against a plain model or against dynalite.
import { expect } from 'chai'
import fc from 'fast-check'
import { compareUtf8 } from '../../lib/local/byte-order.ts'
import { compareNumbers } from '../../lib/local/comparison.ts'
import { itemBytes } from '../../lib/local/item-size.ts'
import { type KeyRange, SortedRows } from '../../lib/local/sorted-rows.ts'

describe('SortedRows', () => {
  it('is a sorted map, also over many chunks', () => {
    const key = fc.integer({ min: 0, max: 3000 }).map((number) => String(number).padStart(4, '0'))
    const bound = fc.option(key, { nil: undefined })
    const changes = fc.array(fc.tuple(key, fc.boolean()), { maxLength: 4000, size: 'max' })
    fc.assert(
      fc.property(changes, bound, bound, bound, bound, fc.boolean(), (list, gt, gte, lt, lte, reverse) => {
        const rows = new SortedRows<string>()
        const model = new Map<string, string>()
        for (const [each, stored] of list) {
          if (stored) {
            rows.set(each, `value of ${each}`)
            model.set(each, `value of ${each}`)
          } else {
            rows.delete(each)
            model.delete(each)
          }
        }
        // A range has one lower and one upper bound, as dynalite makes them.
        const range: KeyRange = {
          ...(gt !== undefined ? { gt } : gte !== undefined ? { gte } : {}),
          ...(lt !== undefined ? { lt } : lte !== undefined ? { lte } : {}),
        }
        const inside = (each: string) =>
          (range.gt === undefined || each > range.gt) &&
          (range.gte === undefined || each >= range.gte) &&
          (range.lt === undefined || each < range.lt) &&
          (range.lte === undefined || each <= range.lte)
        const expected = [...model.keys()].filter(inside).sort()
        expect([...rows.keys({ ...range, reverse })]).to.deep.equal(reverse ? expected.toReversed() : expected)
        expect([...rows.values(range)]).to.deep.equal(expected.map((each) => model.get(each)))
        expect(rows.size).to.equal(model.size)
      }),
      { numRuns: 60 },
    )
  })
})

describe('compareUtf8', () => {
  it('orders text as its UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(Math.sign(compareUtf8(left, right))).to.equal(Buffer.compare(Buffer.from(left), Buffer.from(right)))
      }),
    )
  })
})

describe('compareNumbers', () => {
  it('orders numbers by value', () => {
    const number = fc.tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.integer({ min: 0, max: 6 }))
    const textOf = ([digits, fraction]: [bigint, number]) => {
      const text = String(digits < 0n ? -digits : digits).padStart(fraction + 1, '0')
      const at = text.length - fraction
      return `${digits < 0n ? '-' : ''}${text.slice(0, at)}${fraction ? `.${text.slice(at)}` : ''}`
    }
    const scaled = ([digits, fraction]: [bigint, number]) => digits * 10n ** BigInt(6 - fraction)
    fc.assert(
      fc.property(number, number, (left, right) => {
        const difference = scaled(left) - scaled(right)
        expect(Math.sign(compareNumbers(textOf(left), textOf(right)))).to.equal(difference < 0n ? -1 : difference > 0n ? 1 : 0)
      }),
    )
  })
})

describe('itemBytes', () => {
  const cases: [name: string, item: Parameters<typeof itemBytes>[0], bytes: number][] = [
    ['text in UTF-8', { é: { S: '😀é' } }, 2 + 6],
    ['binary', { b: { B: 'AAEC' } }, 1 + 3],
    ['padded binary', { b: { B: 'AA==' } }, 1 + 1],
    ['zero', { n: { N: '0' } }, 1 + 1],
    ['a number', { n: { N: '123' } }, 1 + 3],
    ['a negative number', { n: { N: '-123' } }, 1 + 4],
    ['null and boolean', { a: { NULL: true }, b: { BOOL: false } }, 4],
    ['a list', { l: { L: [{ S: 'ab' }, { S: '' }] } }, 1 + 3 + 2 + 2],
    ['a map', { m: { M: { ab: { S: 'c' } } } }, 1 + 3 + 1 + 3],
    ['sets', { s: { SS: ['a', 'é'] }, n: { NS: ['1', '2'] }, b: { BS: ['AA=='] } }, 1 + 3 + 1 + 4 + 1 + 1],
  ]
  for (const [name, item, bytes] of cases) it(`counts ${name}`, () => expect(itemBytes(item)).to.equal(bytes))
})
