// What DynamoDB is asked about a sum is exactly whether the sum is in range, with no more digits than DynamoDB can compare.
import { expect } from 'chai'
import fc from 'fast-check'
import { decimal } from '../../lib/index.ts'
import { addDecimals, decimalText, parseDecimal } from '../../lib/keys/decimal.ts'
import { compareKeys } from '../../lib/keys/key-order.ts'
import { leavesRange, sumBounds } from '../../lib/requests/sum-bounds.ts'
import type { Change } from '../../lib/requests/update-changes.ts'
import { propertyRuns } from '../property-runs.ts'

/** Numbers of very different size, whose sums have more than 38 digits. */
const numbers = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -30, max: 10 }))
  .map(([digits, exponent]) => decimalText(parseDecimal(`${digits}e${exponent}`) as never))
const compare = (a: string, b: string) => compareKeys('N', a, b)

function adding(amount: string, min: string, max: string): Change {
  const { definition } = decimal({ min, max })
  return { name: 'n', stored: 'n', definition, operator: 'add', value: { N: amount } }
}

describe('the bounds of a sum', () => {
  it('hold for exactly the values whose sum is in range', () => {
    let [inside, outside] = [0, 0]
    fc.assert(
      fc.property(fc.tuple(numbers, numbers, numbers), numbers, fc.boolean(), ([a, b, c], amount, nearBound) => {
        const [min = '', middle = '', max = ''] = [a, b, c].sort(compare)
        const change = adding(amount, min, max)
        const bound = sumBounds(change)?.before?.bound ?? '0'
        // Values beside the bound are where rounding would show.
        const before = nearBound && compare(bound, min) >= 0 && compare(bound, max) <= 0 ? bound : middle
        const sum = addDecimals(before, amount)
        const isOut = compare(sum, min) < 0 || compare(sum, max) > 0
        expect(leavesRange(change, before)).to.equal(isOut)
        expect(leavesRange(change, undefined)).to.equal(compare(amount, min) < 0 || compare(amount, max) > 0)
        expect(parseDecimal(bound)?.digits.length).to.be.at.most(38)
        if (isOut) outside++
        else inside++
      }),
      { numRuns: propertyRuns },
    )
    if (propertyRuns >= 100) expect(Math.min(inside, outside)).to.be.above(propertyRuns / 10)
  })

  it('ask nothing of a number without a range', () => {
    expect(sumBounds({ name: 'n', stored: 'n', definition: decimal().definition, operator: 'add', value: { N: '1' } })).to.equal(
      undefined,
    )
  })
})
