// The names of time buckets, against calendar arithmetic done another way; their order; and the enumeration of those in a range.
import { expect } from 'chai'
import fc from 'fast-check'
import { ValidationError } from '../../lib/errors.ts'
import { type Bucket, bucketAround, bucketForm, buckets, bucketsBetween } from '../../lib/keys/time-bucket.ts'
import { propertyRuns } from '../property-runs.ts'

const instants = fc.date({
  min: new Date('0000-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
})

/** The bucket's name from the parts of the date. */
function nameOf(time: Date, bucket: Bucket): string {
  const parts = [
    String(time.getUTCFullYear()).padStart(4, '0'),
    `-${String(time.getUTCMonth() + 1).padStart(2, '0')}`,
    `-${String(time.getUTCDate()).padStart(2, '0')}`,
    `T${String(time.getUTCHours()).padStart(2, '0')}`,
  ]
  return parts.slice(0, buckets.indexOf(bucket) + 1).join('')
}

describe('a time bucket', () => {
  for (const bucket of buckets) {
    const form = bucketForm(bucket)
    it(`of a ${bucket} is named by the UTC calendar, begins at its first moment, and sorts as time does`, () => {
      fc.assert(
        fc.property(instants, instants, (a, b) => {
          const [left, right] = [form.encode(a, 'at'), form.encode(b, 'at')]
          expect(left)
            .to.equal(nameOf(a, bucket))
            .and.have.length(form.length ?? 0)
          const start = form.decode(left) as Date
          expect(start <= a && form.encode(start, 'at') === left).to.equal(true)
          if (start.getTime() > Date.parse('0000-01-01T00:00:00Z'))
            expect(form.encode(new Date(start.getTime() - 1), 'at')).to.not.equal(left)
          if (left !== right) expect(left < right).to.equal(a < b)
        }),
        { numRuns: propertyRuns },
      )
    })

    it(`of a ${bucket} is enumerated once each between two times, without a gap`, () => {
      const spans = { year: 400, month: 40, day: 2, hour: 0.1 }
      fc.assert(
        fc.property(instants, fc.double({ min: 0, max: spans[bucket], noNaN: true }), (first, days) => {
          const last = new Date(Math.min(first.getTime() + days * 86_400_000, Date.parse('9999-12-31T23:59:59.999Z')))
          const names = bucketsBetween(first, last, bucket, 'at', 1000).map((start) => form.encode(start, 'at'))
          const stepwise = new Set<string>()
          for (let time = first.getTime(); time < last.getTime(); time += 1_800_000) stepwise.add(nameOf(new Date(time), bucket))
          stepwise.add(nameOf(last, bucket))
          expect(names).to.deep.equal([...stepwise])
        }),
        { numRuns: Math.ceil(propertyRuns / 10) },
      )
    })
  }

  it('around a time is the one that holds it', () => {
    const time = new Date('2024-02-29T13:14:15.016Z')
    expect(
      buckets.map((bucket) => Object.values(bucketAround(time, bucket)).map((end) => end.toISOString().slice(0, 13))),
    ).to.deep.equal([
      ['2024-01-01T00', '2025-01-01T00'],
      ['2024-02-01T00', '2024-03-01T00'],
      ['2024-02-29T00', '2024-03-01T00'],
      ['2024-02-29T13', '2024-02-29T14'],
    ])
  })

  it('reads no text that it does not write', () => {
    for (const text of ['2024-13', '2024-00', '2024-1', '2024-010', '202A-01', '', '+024-01'])
      expect(bucketForm('month').decode(text), text).to.equal(undefined)
    expect(bucketForm('day').decode('2023-02-29')).to.equal(undefined)
    expect(bucketForm('hour').decode('2023-02-28T24')).to.equal(undefined)
  })

  it('refuses what is no time of the years 0000 to 9999, and more buckets than allowed', () => {
    const wrong = [new Date(Number.NaN), new Date('+010000-01-01T00:00:00Z'), '2024-01-01', undefined]
    for (const value of wrong) expect(() => bucketForm('day').encode(value, 'at')).to.throw(ValidationError)
    expect(() => bucketsBetween(new Date(0), new Date(86_400_000 * 3), 'day', 'at', 3)).to.throw(
      ValidationError,
      'more than 3 buckets',
    )
    expect(bucketsBetween(new Date('9999-12-31T23:00:00Z'), new Date('9999-12-31T23:59:59Z'), 'hour', 'at', 3)).to.have.length(1)
  })
})
