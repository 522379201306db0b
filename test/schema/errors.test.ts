// What does not fit is refused, with the reason and the path: on writing, on reading and when an attribute is declared.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { ValidationError } from '../../lib/errors.ts'
import type { Attribute, Attributes } from '../../lib/schema/attribute.ts'
import { compileCodec, compileObject } from '../../lib/schema/codec.ts'
import { binarySet, list, map, numberSet, record, stringSet, union } from '../../lib/schema/collections.ts'
import { attributeDefinitions } from '../../lib/schema/definitions.ts'
import { ulid, uuid } from '../../lib/schema/identifiers.ts'
import { any, bigint, binary, boolean, decimal, json, literal, number, oneOf, string } from '../../lib/schema/scalars.ts'
import { createdAt, datetime, expiresAt, version } from '../../lib/schema/times.ts'

const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic
const cyclicList: unknown[] = []
cyclicList.push(cyclicList)

/** Attribute, value, reason, path, and a part of the message. */
const writes: [string, Attribute, unknown, string, string, RegExp][] = [
  ['a number as string', string(), 42, 'wrong-type', 'x', /expected a string, got 42 \(number\)/],
  ['null', string(), null, 'wrong-type', 'x', /remove\(\)/],
  ['null in an optional attribute', string().optional(), null, 'wrong-type', 'x', /remove\(\)/],
  ['undefined', string(), undefined, 'wrong-type', 'x', /undefined/],
  ['a Promise', string(), Promise.resolve('a'), 'wrong-type', 'x', /Await/],
  ['a String object', string(), Object('a'), 'wrong-type', 'x', /String/],
  ['a lone surrogate', string(), 'a\ud800', 'wrong-type', 'x', /surrogate/],
  ['a short string', string({ min: 2 }), 'a', 'out-of-range', 'x', /at least 2/],
  ['a long string', string({ max: 2 }), 'abc', 'out-of-range', 'x', /at most 2/],
  ['a string without the pattern', string({ pattern: /^a/g }), 'b', 'check-failed', 'x', /\^a/],
  ['NaN', number(), Number.NaN, 'wrong-type', 'x', /finite/],
  ['Infinity', number(), Number.POSITIVE_INFINITY, 'wrong-type', 'x', /finite/],
  ['a numeric string', number(), '1', 'wrong-type', 'x', /finite number, got "1"/],
  ['a bigint as number', number(), 1n, 'wrong-type', 'x', /bigint/],
  ['a number too large', number(), 1e126, 'out-of-range', 'x', /125/],
  ['a number too small', number(), 1e-131, 'out-of-range', 'x', /130/],
  ['a number below min', number({ min: 1 }), 0, 'out-of-range', 'x', /at least 1/],
  ['a number above max', number({ min: 1, max: 2 }), 3, 'out-of-range', 'x', /at most 2/],
  ['a fraction as integer', number({ integer: true }), 1.5, 'wrong-type', 'x', /whole/],
  ['a negative version', version(), -1, 'out-of-range', 'x', /at least 0/],
  ['a truthy value as boolean', boolean(), 1, 'wrong-type', 'x', /true or false/],
  ['an array as binary', binary(), [1], 'wrong-type', 'x', /Uint8Array/],
  ['a long binary', binary({ max: 1 }), new Uint8Array(2), 'out-of-range', 'x', /bytes/],
  ['a lower-case ULID', ulid(), '01arz3ndektsv4rrffq69g5fav', 'check-failed', 'x', /upper case/],
  ['a ULID beyond its time', ulid(), '81ARZ3NDEKTSV4RRFFQ69G5FAV', 'check-failed', 'x', /ULID/],
  ['an upper-case UUID', uuid(), '123E4567-E89B-12D3-A456-426614174000', 'check-failed', 'x', /lower case/],
  ['a date as text', datetime(), '2024-01-01', 'wrong-type', 'x', /a Date/],
  ['an invalid date', datetime(), new Date(Number.NaN), 'wrong-type', 'x', /valid Date/],
  ['a date after 9999', datetime(), new Date(253_402_300_800_000), 'out-of-range', 'x', /9999/],
  ['an expiry before 1970', expiresAt(), new Date(-1), 'out-of-range', 'x', /1970/],
  ['a misspelt choice', oneOf('pending', 'paid'), 'piad', 'wrong-type', 'x', /Did you mean paid/],
  ['an inherited name as choice', oneOf('a', 'b'), 'toString', 'wrong-type', 'x', /"a" or "b"/],
  ['another literal', literal(1), '1', 'wrong-type', 'x', /expected 1/],
  ['a string as list', list(string()), 'ab', 'wrong-type', 'x', /array/],
  ['a wrong element', list(string()), ['a', 1], 'wrong-type', 'x[1]', /string/],
  ['undefined in a list', list(string()), ['a', undefined], 'wrong-type', 'x[1]', /undefined/],
  ['a hole in a list', list(string()), new Array(1), 'wrong-type', 'x[0]', /undefined/],
  ['a long list', list(string(), { max: 1 }), ['a', 'b'], 'out-of-range', 'x', /at most 1/],
  ['an empty set in a list', list(stringSet()), [new Set()], 'out-of-range', 'x[0]', /empty set/],
  ['an empty set in a record', record(stringSet()), { a: new Set() }, 'out-of-range', 'x.a', /empty set/],
  ['an array as set', stringSet(), ['a'], 'wrong-type', 'x', /Set of strings/],
  ['a number in a set of strings', stringSet(), new Set([1]), 'wrong-type', 'x[0]', /string/],
  ['NaN in a set', numberSet(), new Set([Number.NaN]), 'wrong-type', 'x[0]', /finite/],
  ['a string in a set of binaries', binarySet(), new Set(['a']), 'wrong-type', 'x[0]', /Uint8Array/],
  ['a small set', stringSet({ min: 1 }), new Set(), 'out-of-range', 'x', /at least 1/],
  ['an array as map', map({ a: string() }), ['a'], 'wrong-type', 'x', /plain object/],
  ['an instance as map', map({ a: string() }), new Map(), 'wrong-type', 'x', /Map/],
  [
    'an unknown name in a map',
    map({ status: string() }),
    { stauts: 'a' },
    'unknown-attribute',
    'x.stauts',
    /Did you mean status/,
  ],
  [
    'an own __proto__ in a map',
    map({ a: string() }),
    JSON.parse('{"a":"","__proto__":1}'),
    'unknown-attribute',
    'x.__proto__',
    /no such/,
  ],
  ['a missing name in a map', map({ a: string() }), {}, 'missing', 'x.a', /required/],
  ['a missing inherited name', map({ constructor: string() }), {}, 'missing', 'x.constructor', /required/],
  ['a deep path', list(map({ a: record(number()) })), [{ a: { k: '1' } }], 'wrong-type', 'x[0].a.k', /finite/],
  ['an instance as record', record(string()), new Date(), 'wrong-type', 'x', /Date/],
  ['an empty key', record(string()), { '': 'a' }, 'out-of-range', 'x', /empty/],
  ['a lone surrogate in a key', record(string()), { '\udc00': 'a' }, 'wrong-type', 'x', /surrogate/],
  ['a number as bigint', bigint(), 1, 'wrong-type', 'x', /bigint/],
  ['a bigint above max', bigint({ max: 9n }), 10n, 'out-of-range', 'x', /at most 9/],
  ['a number as decimal', decimal(), 1.5, 'wrong-type', 'x', /decimal text/],
  ['a decimal below min', decimal({ min: '-0.5' }), '-0.51', 'out-of-range', 'x', /at least -0.5/],
  ['a decimal too large', decimal(), '1e999999999', 'out-of-range', 'x', /125/],
  ['a Date in any()', any(), { at: new Date() }, 'wrong-type', 'x.at', /plain data/],
  ['a function in any()', any(), [() => 1], 'wrong-type', 'x[0]', /function/],
  ['undefined in a list in any()', any(), { a: [undefined] }, 'wrong-type', 'x.a[0]', /undefined/],
  ['an empty set in any()', any(), { a: new Set() }, 'out-of-range', 'x.a', /empty set/],
  ['a mixed set in any()', any(), new Set(['a', 1]), 'wrong-type', 'x[1]', /string/],
  ['a cyclic object in any()', any(), cyclic, 'out-of-range', 'x.self.self', /32 levels/],
  ['a cyclic list in any()', any(), cyclicList, 'out-of-range', 'x[0][0]', /contains itself/],
  ['a cyclic object as JSON', json(), cyclic, 'wrong-type', 'x', /contains itself/],
  ['NaN as JSON', json(), { a: Number.NaN }, 'wrong-type', 'x', /JSON data at "a"/],
  ['a Date as JSON', json(), { a: new Date() }, 'wrong-type', 'x', /Date/],
  ['undefined in a JSON array', json(), [undefined], 'wrong-type', 'x', /undefined/],
  ['a bigint as JSON', json(), [1n], 'wrong-type', 'x', /bigint/],
  ['a Map as JSON', json(), new Map(), 'wrong-type', 'x', /Map/],
  ['no alternative', union(string(), number()), true, 'wrong-type', 'x', /string: .*number: /],
  ['a date read back as text', union(string(), datetime()), new Date(), 'check-failed', 'x', /read back as string/],
  [
    'a map read back without its attribute',
    union(map({ a: string().optional() }), map({ b: string().optional() })),
    { b: 'x' },
    'check-failed',
    'x',
    /literal\(\)/,
  ],
  ['a failed check', number().check((n) => n % 2 === 0), 3, 'check-failed', 'x', /does not pass/],
  ['a failed check with a message', number().check((n) => n % 2 === 0 || 'must be even'), 3, 'check-failed', 'x', /must be even/],
  ['a failed check of an element', list(string().check((text) => text !== 'b')), ['a', 'b'], 'check-failed', 'x[1]', /check/],
  ['an asynchronous check', string().check((async () => true) as never), 'a', 'async-schema', 'x', /Promise/],
  [
    'a check that fails later',
    string().check((() => Promise.reject(new Error('late'))) as never),
    'a',
    'async-schema',
    'x',
    /Promise/,
  ],
  ['a check that answers nothing', string().check((() => undefined) as never), 'a', 'check-failed', 'x', /answers undefined/],
]

/** Attribute, stored value, reason, path, and a part of the message. */
const reads: [string, Attribute, AttributeValue, string, string, RegExp][] = [
  ['N as string', string(), { N: '5' }, 'wrong-type', 'x', /S \(string\).*N \(number\) "5"/],
  ['NULL as required string', string(), { NULL: true }, 'wrong-type', 'x', /NULL/],
  ['S as number', number(), { S: '5' }, 'wrong-type', 'x', /N \(number\)/],
  ['a number beyond precision', number(), { N: '9007199254740993' }, 'precision', 'x', /bigint\(\) or decimal\(\)/],
  ['a fraction as bigint', bigint(), { N: '1.5' }, 'precision', 'x', /whole/],
  ['a number beyond precision in a set', numberSet(), { NS: ['1', '0.12345678901234567890'] }, 'precision', 'x[1]', /exactly/],
  ['a number beyond precision in any()', any(), { L: [{ N: '0.12345678901234567890' }] }, 'precision', 'x[0]', /exactly/],
  ['text as boolean', boolean(), { S: 'true' }, 'wrong-type', 'x', /BOOL/],
  ['text as binary', binary(), { S: 'a' }, 'wrong-type', 'x', /B \(binary\)/],
  ['a date without milliseconds', datetime(), { S: '2024-01-01T00:00:00Z' }, 'wrong-type', 'x', /milliseconds/],
  ['a date that does not exist', datetime(), { S: '2024-02-30T00:00:00.000Z' }, 'wrong-type', 'x', /UTC date/],
  ['the hour 24', datetime(), { S: '2024-02-03T24:00:00.000Z' }, 'wrong-type', 'x', /UTC date/],
  ['a month that does not exist', datetime(), { S: '2024-13-01T00:00:00.000Z' }, 'wrong-type', 'x', /UTC date/],
  ['a number as date', datetime(), { N: '5' }, 'wrong-type', 'x', /N \(number\)/],
  ['an expiry in milliseconds', expiresAt(), { N: '1700000000000' }, 'wrong-type', 'x', /not milliseconds/],
  ['an unknown choice', oneOf('a', 'b'), { S: 'c' }, 'wrong-type', 'x', /"a" or "b".*"c"/],
  ['a numeral as number choice', oneOf(1, 2), { S: '1' }, 'wrong-type', 'x', /1 or 2/],
  ['a list as map', map({ a: string() }), { L: [] }, 'wrong-type', 'x', /M \(map\).*L \(list\)/],
  ['a map without its attribute', map({ a: string() }), { M: {} }, 'missing', 'x.a', /required/],
  ['a map as list', list(string()), { M: {} }, 'wrong-type', 'x', /L \(list\)/],
  ['a wrong element', list(map({ a: number() })), { L: [{ M: { a: { S: '' } } }] }, 'wrong-type', 'x[0].a', /N/],
  ['a wrong value in a record', record(number()), { M: { k: { S: '' } } }, 'wrong-type', 'x.k', /N/],
  ['a list as set', stringSet(), { L: [] }, 'wrong-type', 'x', /SS/],
  ['text that is not JSON', json(), { S: '{' }, 'wrong-type', 'x', /JSON/],
  ['no alternative', union(number(), boolean()), { S: 'a' }, 'wrong-type', 'x', /none of the alternatives/],
]

function errorOf(run: () => unknown): ValidationError {
  try {
    run()
  } catch (error) {
    if (error instanceof ValidationError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('writing refuses', () => {
  for (const [what, attribute, value, reason, path, message] of writes) {
    it(what, () => {
      const error = errorOf(() => compileCodec(attribute.definition).encode(value, 'x'))
      expect(error.reason).to.equal(reason)
      expect(error.path.slice(0, path.length)).to.equal(path)
      if (!message.source.includes('32') && !message.source.includes('itself')) expect(error.path).to.equal(path)
      expect(error.message).to.match(message)
    })
  }

  it('more levels than DynamoDB holds, and takes as many', () => {
    const nested = (wraps: number): unknown => (wraps === 0 ? 'leaf' : { a: nested(wraps - 1) })
    expect(compileCodec(any().definition).encode(nested(31), 'x')).to.have.property('M')
    expect(errorOf(() => compileCodec(any().definition).encode(nested(32), 'x')).reason).to.equal('out-of-range')
    const inList = compileCodec(list(record(any())).definition)
    expect(inList.encode([{ a: nested(29) }], 'x')).to.have.property('L')
    expect(errorOf(() => inList.encode([{ a: nested(30) }], 'x')).reason).to.equal('out-of-range')
  })

  it('a declaration with more levels than DynamoDB holds', () => {
    let attribute: Attribute = string()
    for (let level = 0; level < 31; level++) attribute = list(attribute)
    expect(() => compileCodec(attribute.definition)).not.to.throw()
    expect(() => compileCodec(list(attribute).definition)).to.throw(TypeError, /32/)
  })
})

describe('reading refuses', () => {
  for (const [what, attribute, stored, reason, path, message] of reads) {
    it(what, () => {
      const error = errorOf(() => compileCodec(attribute.definition).decode(stored, 'x'))
      expect({ reason: error.reason, path: error.path }).to.deep.equal({ reason, path })
      expect(error.message).to.match(message)
    })
  }

  it('does not apply bounds, patterns and checks: what was stored before them can still be read', () => {
    const attribute = string({ max: 1, pattern: /^x$/ }).check(() => false)
    expect(compileCodec(attribute.definition).decode({ S: 'long' }, 'x')).to.equal('long')
  })
})

describe('declaring refuses', () => {
  const asAttributes = (attributes: Attributes): unknown => compileObject(attributeDefinitions(attributes))
  const declarations: [string, () => unknown, RegExp][] = [
    ['a minimum above the maximum', () => number({ min: 2, max: 1 }), /greater than max/],
    ['a bound that is not finite', () => number({ max: Number.NaN }), /finite/],
    ['a negative length', () => string({ min: -1 }), /whole numbers from 0/],
    ['a fractional length', () => list(string(), { max: 1.5 }), /whole numbers from 0/],
    ['a bigint range upside down', () => bigint({ min: 2n, max: 1n }), /greater/],
    ['a decimal bound that is no decimal', () => decimal({ min: 'a' }), /decimal texts/],
    ['a decimal range upside down', () => decimal({ min: '10', max: '9.5' }), /greater/],
    ['a pattern that is text', () => string({ pattern: 'a' as never }), /regular expression/],
    ['a choice of nothing', () => oneOf(), /at least one/],
    ['a choice twice', () => oneOf('a', 'a'), /twice/],
    ['a choice of texts and numbers', () => oneOf<string | number>('a', 1), /only/],
    ['a choice that is NaN', () => oneOf(Number.NaN), /finite/],
    ['an object as literal', () => literal({} as never), /literal/],
    ['now as default of a number', () => number().default('now' as never), /expected a finite number/],
    ['a default out of bounds', () => number({ min: 1 }).default(0), /at least 1/],
    [
      'a default that a later check refuses',
      () =>
        number()
          .default(0)
          .check((n) => n > 0),
      /check/,
    ],
    ['a default that is not finite', () => number().default(Number.POSITIVE_INFINITY), /finite/],
    ['undefined as default', () => string().default(undefined as never), /optional\(\)/],
    ['a default that is no data', () => any().default({ a: () => 1 }), /plain data/],
    ['an example that does not fit', () => ulid().example('x'), /ULID/],
    ['a default of a generated attribute', () => createdAt().default(new Date()), /written by Singlet/],
    ['an empty stored name', () => string().storedAs(''), /not empty/],
    ['one stored name twice', () => asAttributes({ a: string().storedAs('b'), b: string() }), /both stored as b/],
    ['a check that is no check', () => string().check('x' as never), /Standard Schema/],
    ['a string as attribute', () => list('x' as never), /Standard Schema/],
    ['undefined as attributes', () => map(undefined as never), /object/],
    ['an optional element', () => list(string().optional()), /optional\(\) has no meaning on an element of a list/],
    ['a default of an element', () => record(string().default('a')), /default\(\)/],
    ['a hidden attribute of a map', () => map({ a: string().hidden() }), /hidden\(\).*attribute a of a map/],
    ['a version inside a map', () => map({ v: version() }), /version\(\)/],
    ['a union of one', () => union(string()), /two/],
    ['a default inside a union', () => union(map({ id: ulid() }), string()), /generate: false/],
  ]
  for (const [what, declare, message] of declarations) {
    it(what, () => {
      expect(declare).to.throw(Error, message)
    })
  }
})
