import { expect } from 'chai'
import fc from 'fast-check'
import { jsonText, typescriptText } from '../../lib/docs/value-text.ts'
import { propertyRuns } from '../property-runs.ts'

const scalars = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(null),
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') }),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
)
const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'a-b', 'a', "it's"))
const { tree: values } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalars,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.uniqueArray(fc.string(), { maxLength: 4 }).map((members) => new Set(members)),
    fc.dictionary(names, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

/** Evaluates an expression; bytes of either class compare as bytes. */
function evaluated(expression: string): unknown {
  return bytesAlike(new Function('Buffer', `return (${expression})`)(Buffer))
}

function bytesAlike(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] }
  if (Array.isArray(value)) return value.map(bytesAlike)
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Set) return value
  return Object.entries(value).map(([name, part]) => [name, bytesAlike(part)])
}

describe('values as text', () => {
  it('is TypeScript that gives the value', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 10, max: 100 }), (value, width) => {
        expect(evaluated(typescriptText(value, width))).to.deep.equal(bytesAlike(value))
      }),
      { numRuns: propertyRuns },
    )
  })

  it('is JSON that gives the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.integer({ min: 10, max: 100 }), (value, width) => {
        expect(JSON.parse(jsonText(value, width))).to.deep.equal(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: propertyRuns },
    )
  })

  it('has no character that cannot be seen', () => {
    const hidden = '\u{10FFFF}\u200b\u0007\u2028'
    for (const write of [typescriptText, jsonText])
      expect(write(hidden).slice(1, -1)).to.equal('\\udbff\\udfff\\u200b\\u0007\\u2028')
  })

  it('stays on one line while it fits, and breaks from the outside in', () => {
    const value = { customerId: 'c1', placedAt: { gte: new Date(0) } }
    expect(typescriptText(value)).to.equal("{ customerId: 'c1', placedAt: { gte: new Date('1970-01-01T00:00:00.000Z') } }")
    expect(typescriptText(value, 60)).to.equal(
      "{\n  customerId: 'c1',\n  placedAt: { gte: new Date('1970-01-01T00:00:00.000Z') },\n}",
    )
  })

  it('writes bytes in JSON as DynamoDB’s API does', () => {
    expect(jsonText({ B: new Uint8Array([1, 2, 255]) })).to.equal('{ "B": "AQL/" }')
  })
})
