// Objects with declared attributes: presence, projections, stored names, empty sets, and names that objects inherit.
import { expect } from 'chai'
import { ValidationError } from '../../lib/errors.ts'
import { compileCodec, compileObject } from '../../lib/schema/codec.ts'
import { binarySet, list, map, record, stringSet, union } from '../../lib/schema/collections.ts'
import { attributeDefinitions } from '../../lib/schema/definitions.ts'
import { any, binary, boolean, json, literal, number, string } from '../../lib/schema/scalars.ts'
import { expiresAt } from '../../lib/schema/times.ts'

const order = compileObject(
  attributeDefinitions({
    id: string(),
    total: number().storedAs('t'),
    note: string().optional(),
    tags: stringSet(),
    labels: stringSet().optional(),
    extra: any().optional(),
  }),
)

describe('an object', () => {
  it('drops what is undefined, known or not', () => {
    const input = { id: 'a', total: 1, note: undefined, tags: new Set(['x']), other: undefined }
    expect(order.encode(input, '')).to.deep.equal({ id: { S: 'a' }, t: { N: '1' }, tags: { SS: ['x'] } })
  })

  it('stores an empty set as nothing and reads nothing as an empty set, unless it is optional', () => {
    const stored = order.encode({ id: 'a', total: 1, tags: new Set(), labels: new Set() }, '')
    expect(stored).to.deep.equal({ id: { S: 'a' }, t: { N: '1' } })
    expect(order.decode(stored, '')).to.deep.equal({ id: 'a', total: 1, tags: new Set() })
  })

  it('ignores stored attributes that are not declared, its own stored names included', () => {
    const stored = { id: { S: 'a' }, t: { N: '1' }, PK: { S: 'x' }, total: { S: 'y' } }
    expect(order.decode(stored, '')).to.deep.equal({ id: 'a', total: 1, tags: new Set() })
  })

  it('reads NULL as absent where absence is possible, and as null where null is', () => {
    const stored = { id: { S: 'a' }, t: { N: '1' }, note: { NULL: true as const }, extra: { NULL: true as const } }
    expect(order.decode(stored, '')).to.deep.equal({ id: 'a', total: 1, tags: new Set(), extra: null })
  })

  it('decodes only the names asked for', () => {
    expect(order.decode({ t: { N: '1' } }, '', { names: ['total'] })).to.deep.equal({ total: 1 })
    expect(() => order.decode({}, '', { names: ['total'] })).to.throw(ValidationError, /^total: .*required/)
    expect(() => order.decode({}, '', { names: ['totl'] })).to.throw(ValidationError, /Did you mean total/)
  })

  it('decodes what there is when it is partial', () => {
    expect(order.decode({ t: { N: '1' } }, '', { partial: true })).to.deep.equal({ total: 1 })
  })

  it('encodes and decodes one attribute', () => {
    expect(order.encodeAttribute('total', 2, '')).to.deep.equal({ N: '2' })
    expect(order.encodeAttribute('tags', new Set(), '')).to.equal(undefined)
    expect(order.decodeAttribute('total', { N: '2' }, '')).to.equal(2)
    expect(() => order.encodeAttribute('total', 'x', '')).to.throw(ValidationError, /^total: expected/)
    expect(() => order.encodeAttribute('constructor', 'x', '')).to.throw(ValidationError, /no such attribute/)
    expect(order.storedNames.get('total')).to.equal('t')
  })

  it('does not find inherited values', () => {
    const codec = compileObject(
      attributeDefinitions({ toString: string().optional(), valueOf: number().storedAs('constructor').optional() }),
    )
    expect(codec.encode({}, '')).to.deep.equal({})
    expect(codec.decode({}, '')).to.deep.equal({})
    const input = { toString: 'a', valueOf: 1 }
    expect(codec.decode(codec.encode(input, ''), '')).to.deep.equal(input)
  })
})

describe('__proto__ in data', () => {
  const hostile: unknown = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')
  const shapes: [string, ReturnType<typeof any>][] = [
    ['record', record(any()) as never],
    ['any', any()],
    ['json', json()],
  ]
  for (const [type, attribute] of shapes) {
    it(`is data in ${type}() and pollutes nothing`, () => {
      const codec = compileCodec(attribute.definition)
      const stored = codec.encode(hostile, 'x')
      if (stored === undefined) throw new Error('nothing was stored')
      const read = codec.decode(stored, 'x') as object
      expect(Object.keys(read)).to.deep.equal(['__proto__', 'constructor'])
      expect(Object.getPrototypeOf(read)).to.equal(Object.prototype)
      expect(JSON.stringify(read)).to.equal(JSON.stringify(hostile))
      expect(({} as Record<string, unknown>).polluted).to.equal(undefined)
    })
  }

  it('can be the name of an attribute', () => {
    const codec = compileCodec(map({ ['__proto__']: string() }).definition)
    const input: unknown = JSON.parse('{"__proto__":"a"}')
    expect(codec.decode(codec.encode(input, 'x') ?? { S: '' }, 'x')).to.deep.equal(input)
    expect(() => codec.encode({}, 'x')).to.throw(ValidationError, /x\.__proto__/)
  })
})

describe('values', () => {
  it('are copied where they are bytes, so that buffers can be used again', () => {
    const buffer = Buffer.from('abc')
    const stored = compileCodec(binary().definition).encode(buffer, 'x')
    buffer.fill(0)
    expect(stored).to.deep.equal({ B: new Uint8Array([97, 98, 99]) })
  })

  it('that are bytes are read as plain Uint8Array', () => {
    const read = compileCodec(binary().definition).decode({ B: Buffer.from('abc') }, 'x')
    expect(Object.getPrototypeOf(read)).to.equal(Uint8Array.prototype)
    expect(read).to.deep.equal(new Uint8Array([97, 98, 99]))
  })

  it('of a binary set are different by content', () => {
    const stored = compileCodec(binarySet().definition).encode(
      new Set([new Uint8Array([1]), new Uint8Array([1]), new Uint8Array([2])]),
      'x',
    )
    expect(stored).to.deep.equal({ BS: [new Uint8Array([1]), new Uint8Array([2])] })
  })

  it('of expiresAt lose their milliseconds, and fractions stored by others are read', () => {
    const codec = compileCodec(expiresAt().definition)
    expect(codec.encode(new Date(1_999), 'x')).to.deep.equal({ N: '1' })
    expect(codec.decode({ N: '1.25' }, 'x')).to.deep.equal(new Date(1_250))
  })

  it('in any(): undefined is dropped from objects, numbers beyond a double become bigints', () => {
    const codec = compileCodec(any().definition)
    expect(codec.encode({ a: undefined, b: null }, 'x')).to.deep.equal({ M: { b: { NULL: true } } })
    expect(codec.decode({ NS: ['1', '9007199254740993'] }, 'x')).to.deep.equal(new Set([1n, 9007199254740993n]))
  })

  it('of a union are written by the first alternative that reads them back', () => {
    const codec = compileCodec(union(literal('none'), string(), list(boolean())).definition)
    expect(codec.encode('none', 'x')).to.deep.equal({ S: 'none' })
    expect(codec.encode('some', 'x')).to.deep.equal({ S: 'some' })
    expect(codec.decode({ L: [{ BOOL: true }] }, 'x')).to.deep.equal([true])
  })

  it('that are checked with a pattern are so each time the same', () => {
    const codec = compileCodec(string({ pattern: /a/g }).definition)
    for (let time = 0; time < 3; time++) expect(codec.encode('a', 'x')).to.deep.equal({ S: 'a' })
  })
})
