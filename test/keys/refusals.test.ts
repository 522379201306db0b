// What keys refuse, with which reason and on which attribute, as one table; and the flaws of other libraries that must not come back.
import { expect } from 'chai'
import { SingletError, ValidationError } from '../../lib/errors.ts'
import { compileKey } from '../../lib/keys/key-codec.ts'
import type { KeyType } from '../../lib/keys/key-type.ts'
import { keyRange } from '../../lib/keys/range.ts'
import { supportsDescending } from '../../lib/keys/value-codec.ts'
import { codecOf, template } from './arbitraries.ts'

const text: KeyType = { kind: 'text' }
const percent: KeyType = { kind: 'number', min: 0, max: 100 }

describe('values that keys refuse', () => {
  const cases: [name: string, keyType: KeyType, value: unknown, reason: string, encoding?: 'verbatim'][] = [
    ['nothing', text, undefined, 'missing'],
    ['null', text, null, 'wrong-type'],
    ['a number for text', text, 5, 'wrong-type'],
    ['empty text', text, '', 'empty-key'],
    ['empty bytes', { kind: 'binary' }, new Uint8Array(), 'empty-key'],
    ['text that is none of the values', { kind: 'text', values: ['a'] }, 'b', 'not-allowed'],
    ['text of another width', { kind: 'text', width: 26 }, 'short', 'wrong-type'],
    ['text that escapes to another width', { kind: 'text', width: 3 }, 'a#b', 'wrong-type'],
    ['NaN', { kind: 'number' }, Number.NaN, 'wrong-type'],
    ['Infinity', { kind: 'number' }, Number.POSITIVE_INFINITY, 'wrong-type'],
    ['text for a number', { kind: 'number' }, '5', 'wrong-type'],
    ['a bigint for a number', { kind: 'number' }, 5n, 'wrong-type'],
    ['a fraction for an integer', { ...percent, integer: true }, 0.5, 'wrong-type'],
    ['less than min', percent, -1, 'out-of-range'],
    ['more than max, instead of overflowing its padding', percent, 101, 'out-of-range'],
    ['a hair over max', percent, 100.00000000000001, 'out-of-range'],
    ['less than min without max', { kind: 'number', min: 0 }, -1, 'out-of-range'],
    ['over DynamoDB’s magnitude', { kind: 'number' }, 1e126, 'out-of-range'],
    ['under DynamoDB’s magnitude', { kind: 'number' }, 1e-131, 'out-of-range'],
    ['a large exponent in little text', { kind: 'decimal' }, '1e999999999999', 'out-of-range'],
    ['39 digits', { kind: 'bigint' }, 10n ** 38n + 1n, 'precision'],
    ['39 digits in a range', { kind: 'decimal', min: '0', max: '9' }, `1.${'1'.repeat(38)}`, 'precision'],
    ['text that is no decimal', { kind: 'decimal' }, '1,5', 'wrong-type'],
    ['an invalid Date', { kind: 'datetime' }, new Date(Number.NaN), 'wrong-type'],
    ['ISO text for a Date', { kind: 'datetime' }, '2024-05-01', 'wrong-type'],
    ['the year 10000', { kind: 'datetime' }, new Date('+010000-01-01T00:00:00.000Z'), 'out-of-range'],
    ['the year -1', { kind: 'datetime' }, new Date('-000001-12-31T23:59:59.999Z'), 'out-of-range'],
    ['epoch seconds before 1970', { kind: 'epochSeconds' }, new Date(-1), 'out-of-range'],
    ['text for a boolean', { kind: 'boolean' }, 'true', 'wrong-type'],
    ['text for bytes', { kind: 'binary' }, 'ff', 'wrong-type'],
    ['text over the limit', text, 'x'.repeat(1025), 'key-too-long'],
    ['text over the limit once escaped', text, '#'.repeat(513), 'key-too-long'],
    ['the delimiter in a verbatim key', text, 'a#b', 'delimiter-in-key', 'verbatim'],
    ['U+10FFFF in a verbatim key', text, '\u{10ffff}', 'delimiter-in-key', 'verbatim'],
  ]
  for (const [name, keyType, value, reason, encoding] of cases) {
    it(`${name}: ${reason}`, () => {
      const codec = codecOf('{a}', { a: keyType }, { encoding: encoding ?? 'escaped' })
      expect(() => codec.encode({ a: value }))
        .to.throw(ValidationError, /^a: /)
        .with.include({ reason, path: 'a' })
    })
  }

  it('names the longest part of a key that is too long, the size and the limit', () => {
    const codec = codecOf('U#{a}#{b}', { a: text, b: text })
    expect(() => codec.encode({ a: 'x', b: 'é'.repeat(600) }))
      .to.throw(ValidationError, /1204 bytes.* 1024/)
      .with.include({ path: 'b' })
  })

  it('takes attribute names of every object as data', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const codec = codecOf(`{${name}}`, Object.fromEntries([[name, text]]))
      expect(() => codec.encode({}))
        .to.throw(ValidationError)
        .with.include({ reason: 'missing', path: name })
      const decoded = codec.decode(codec.encode(JSON.parse(`{"${name}":"x"}`)))
      expect(Object.entries(decoded ?? {})).to.deep.equal([[name, 'x']])
      expect(Object.getPrototypeOf(decoded)).to.equal(Object.prototype)
      expect(keyRange(codec, JSON.parse(`{"${name}":"x"}`))).to.deep.equal({ op: '=', value: 'x' })
    }
  })

  it('says which types can descend', () => {
    const number: KeyType = { kind: 'number' }
    expect([text, { kind: 'binary' } as const].map((each) => supportsDescending(each))).to.deep.equal([false, false])
    expect([number, percent].map((each) => supportsDescending(each, 'verbatim'))).to.deep.equal([false, true])
    expect(
      [number, { kind: 'datetime' } as const, { kind: 'boolean' } as const].map((each) => supportsDescending(each)),
    ).to.not.include(false)
    expect(() => codecOf('{a:desc}', { a: text })).to.throw(SingletError, 'desc')
    expect(() => codecOf('{a}', {})).to.throw(SingletError, '{a}')
    const other = { template: template('{a}', '|'), keyTypes: { a: text }, encoding: 'escaped', maxBytes: 1024 } as const
    expect(() => compileKey(other)).to.throw(SingletError, 'delimiter')
  })
})

describe('conditions that keys refuse', () => {
  const codec = codecOf('O#{a}#{b}', { a: text, b: percent })
  const verbatim = codecOf('{a}#{b}', { a: text, b: { kind: 'number' } }, { encoding: 'verbatim' })
  const ulid = codecOf('{a}#{b}', { a: { kind: 'text', width: 4 }, b: text }, { encoding: 'verbatim' })
  const cases: [
    name: string,
    codec: typeof codec,
    conditions: Record<string, unknown>,
    reason: string,
    path: string,
    message: RegExp,
  ][] = [
    ['an attribute that is not in the key', codec, { c: 1 }, 'unknown-attribute', 'c', /a, b/],
    ['a gap', codec, { b: 1 }, 'bad-range', 'b', /a must be given first/],
    ['anything after a range', codec, { a: { gt: 'x' }, b: 1 }, 'bad-range', 'b', /a has a range/],
    ['an unknown operator', codec, { a: { above: 'x' } }, 'bad-range', 'a', /above .*eq, gt, gte, lt, lte, between, beginsWith/],
    ['two lower bounds', codec, { a: { gt: 'x', gte: 'y' } }, 'bad-range', 'a', /gt and gte/],
    ['between and more', codec, { a: { between: ['x', 'y'], gt: 'x' } }, 'bad-range', 'a', /between/],
    ['beginsWith and more', codec, { a: { beginsWith: 'x', gt: 'x' } }, 'bad-range', 'a', /beginsWith/],
    ['between with one value', codec, { a: { between: ['x'] } }, 'bad-range', 'a', /two values/],
    ['reversed bounds', codec, { a: { between: ['y', 'x'] } }, 'bad-range', 'a', /above the upper/],
    ['reversed numbers', codec, { a: 'x', b: { gt: 10, lt: 9 } }, 'bad-range', 'b', /above the upper/],
    ['the beginning of a number', codec, { a: 'x', b: { beginsWith: '1' } }, 'bad-range', 'b', /beginsWith/],
    ['a bound of the wrong type', codec, { a: 'x', b: { gt: '1' } }, 'wrong-type', 'b', /number/],
    ['a bound over the limit', codec, { a: { gt: 'x'.repeat(2000) } }, 'key-too-long', 'a', /2002 bytes/],
    ['an equality over the limit', codec, { a: 'x'.repeat(2000) }, 'key-too-long', 'a', /bytes/],
    ['a list for equality', codec, { a: ['x'] }, 'wrong-type', 'a', /list/],
    ['a range of plain numbers in a verbatim key', verbatim, { a: 'x', b: { gt: 1 } }, 'bad-range', 'b', /min and max/],
    ['a range in the middle of a verbatim key', verbatim, { a: { gt: 'x' } }, 'bad-range', 'a', /fixed width/],
    ['a short bound in the middle of a verbatim key', ulid, { a: { gt: 'x' } }, 'bad-range', 'a', /all 4/],
    ['the delimiter in a verbatim beginning', ulid, { a: { beginsWith: 'x#' } }, 'delimiter-in-key', 'a', /delimiter/],
    ['what is no date', codecOf('{a}', { a: { kind: 'datetime' } }), { a: { beginsWith: '24-5' } }, 'bad-range', 'a', /2024-05/],
  ]
  for (const [name, of, conditions, reason, path, message] of cases) {
    it(`${name}: ${reason}`, () => {
      expect(() => keyRange(of, conditions))
        .to.throw(ValidationError, message)
        .with.include({ reason, path })
    })
  }

  it('takes a part of a ULID as a bound', () => {
    const codec = codecOf('O#{id}', { id: { kind: 'text', width: 26 } })
    expect(keyRange(codec, { id: { gte: '01HX', lt: '01HZ' } })).to.deep.include({ op: 'between', lower: 'O#01HX' })
  })
})

describe('flaws of other libraries', () => {
  it('tenants do not collide when an id brings the delimiter', () => {
    const codec = codecOf('tenant_{tenant}#user_{user}', { tenant: text, user: text })
    const attack = codec.encode({ tenant: 'acme#user_x', user: 'y' })
    expect(attack).to.not.equal(codec.encode({ tenant: 'acme', user: 'x#user_y' }))
    expect(attack).to.equal('tenant_acme$Suser_x#user_y')
    expect(keyRange(codec, { tenant: 'acme' })).to.deep.equal({ op: 'begins_with', value: 'tenant_acme#user_' })
  })

  it('keeps the case', () => {
    const codec = codecOf('U#{id}', { id: text })
    expect(codec.encode({ id: 'aB' })).to.equal('U#aB')
    expect(codec.encode({ id: 'Ab' })).to.equal('U#Ab')
  })

  it('pads -42 so that it sorts, and reads it back', () => {
    const ranged = codecOf('{n}', { n: { kind: 'number', min: -100, max: 100 } })
    expect([-100, -42, 0, 7, 100].map((n) => ranged.encode({ n }))).to.deep.equal(['000', '058', '100', '107', '200'])
    const general = codecOf('{n}', { n: { kind: 'number' } })
    expect([-42, 0, 42].map((n) => general.encode({ n }))).to.deep.equal(['-12457~', '0', 'p13142'])
    expect(general.decode('-12457~')).to.deep.equal({ n: -42 })
  })

  it('reads no number from digits that it would not write', () => {
    const codec = codecOf('{n}', { n: { kind: 'decimal' } })
    for (const key of ['p13007', 'p13070', '-12497~', '-12459~', 'p1317', '-1247~', 'p13142~', '-12457', 'p9991', '00']) {
      const decoded = codec.decode(key)
      if (decoded !== undefined) expect(codec.encode(decoded)).to.equal(key)
      if (!['p1317', '-1247~'].includes(key)) expect(decoded, key).to.equal(undefined)
    }
  })

  it('writes -0 as 0', () => {
    for (const keyType of [
      { kind: 'number' },
      { kind: 'number', min: -5, max: 5 },
      { kind: 'number', min: 0, max: 5 },
    ] as const) {
      const codec = codecOf('{n}', { n: keyType })
      expect(codec.encode({ n: -0 })).to.equal(codec.encode({ n: 0 }))
    }
  })

  it('a lower bound does not read what else is in the partition', () => {
    const codec = codecOf('ORDER#{id}', { id: text })
    const range = keyRange(codec, { id: { gt: '1' } })
    for (const foreign of ['PROFILE', 'ORDERS#1', 'RETURN#2', 'ORDER$']) {
      expect(range.op === 'between' && foreign >= String(range.lower) && foreign <= String(range.upper)).to.equal(false)
    }
  })
})
