// Values that break codecs: all of Unicode, numbers at the limits, keys that objects inherit.
import fc from 'fast-check'

/** Any text that is valid Unicode, control characters and astral characters included. */
export const texts = fc.string({ unit: 'binary', maxLength: 12 })

/** Numbers that DynamoDB holds: magnitudes from 1e-130 up to below 1e126, and zero. */
export const heldNumbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => number === 0 || inRange(Math.abs(number))),
  fc.integer(),
  fc.constantFrom(0, -0, 1e-130, -1e-130, 9.99999999999999e125, 0.1, 1e21, 1e-7, 2 ** 53, 2 ** 53 + 2, 123456789012345680000),
)

function inRange(magnitude: number): boolean {
  return magnitude >= 1e-130 && magnitude < 1e126
}

/** Keys of records, names from Object.prototype among them. */
export const dataKeys = fc.oneof(
  texts.filter((key) => key !== ''),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'length', '0', 'a.b'),
)

/** Data for any(), as it reads back: no negative zero, sets not empty, bigints beyond what a number holds. */
export const nativeData: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  data: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('leaf'), tie('list'), tie('object')),
  leaf: fc.oneof(
    texts,
    fc.maxSafeInteger().map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 8 }),
    fc.bigInt({ min: 10n ** 30n + 1n, max: 10n ** 38n - 1n }).map((whole) => (whole % 10n === 0n ? whole + 1n : whole)),
    fc.uniqueArray(texts, { minLength: 1, maxLength: 4 }).map((elements) => new Set(elements)),
    fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 4 }).map((elements) => new Set(elements)),
  ),
  list: fc.array(tie('data'), { maxLength: 4 }),
  object: fc.dictionary(dataKeys, tie('data'), { maxKeys: 4, noNullPrototype: true }),
})).data
