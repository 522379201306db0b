// Defaults: which value stands in, made when, and apart from the definition.
import { expect } from 'chai'
import { decodeTime } from 'ulid'
import { list, map, record } from '../../lib/schema/collections.ts'
import { defaultValue, withDefaults } from '../../lib/schema/defaults.ts'
import { attributeDefinitions } from '../../lib/schema/definitions.ts'
import { ulid, uuid } from '../../lib/schema/identifiers.ts'
import { any, json, number, string } from '../../lib/schema/scalars.ts'
import { createdAt, datetime, expiresAt, version } from '../../lib/schema/times.ts'

const now = new Date('2024-05-06T07:08:09.010Z')

describe('the default of an attribute', () => {
  it('is undefined when there is none, and for what Singlet writes', () => {
    for (const attribute of [string(), string().optional(), version(), createdAt(), ulid({ generate: false })])
      expect(defaultValue(attribute.definition, now)).to.equal(undefined)
  })

  it('is the fixed value, falsy ones included', () => {
    expect(defaultValue(number().default(0).definition, now)).to.equal(0)
    expect(defaultValue(string().default('').definition, now)).to.equal('')
    expect(defaultValue(string().default('now').definition, now)).to.equal('now')
  })

  it('is a copy each time, of a copy of what was declared', () => {
    const declared = { tags: ['a'], at: new Set([1]) }
    const { definition } = any().default(declared)
    declared.tags.push('later')
    const first = defaultValue(definition, now) as typeof declared
    first.tags.push('mine')
    expect(defaultValue(definition, now)).to.deep.equal({ tags: ['a'], at: new Set([1]) })
  })

  it('is made anew each time by a function', () => {
    let count = 0
    const { definition } = number().default(() => ++count)
    expect([defaultValue(definition, now), defaultValue(definition, now)]).to.deep.equal([1, 2])
  })

  it("of 'now' is the time of the write, as a Date of its own", () => {
    for (const attribute of [datetime().default('now'), expiresAt().default('now')]) {
      const value = defaultValue(attribute.definition, now)
      expect(value).to.deep.equal(now)
      expect(value).not.to.equal(now)
    }
  })

  it('of ulid() has the time of the write, of uuid() is random', () => {
    const id = defaultValue(ulid().definition, now) as string
    expect(decodeTime(id)).to.equal(now.getTime())
    expect(defaultValue(ulid().definition, now)).not.to.equal(id)
    expect(defaultValue(uuid().definition, now)).to.match(/^[0-9a-f-]{36}$/)
  })

  it('of ulid() can be replaced', () => {
    expect(defaultValue(ulid().default(() => '01ARZ3NDEKTSV4RRFFQ69G5FAV').definition, now)).to.equal(
      '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    )
  })
})

describe('withDefaults', () => {
  const attributes = attributeDefinitions({
    id: ulid(),
    status: string().default('new'),
    note: string().optional(),
    address: map({ country: string().default('NZ'), city: string() }).default({ city: 'Nelson' }),
    lines: list(map({ quantity: number().default(1) })),
    byName: record(map({ at: datetime().default('now') })),
    raw: json().optional(),
  })

  it('fills what is absent, also inside maps, and changes no input', () => {
    const input = { status: 'paid', id: 'x', lines: [{}, { quantity: 2 }], byName: { ['__proto__']: {} } }
    const before = structuredClone(input)
    expect(withDefaults(attributes, input, now)).to.deep.equal({
      id: 'x',
      status: 'paid',
      address: { country: 'NZ', city: 'Nelson' },
      lines: [{ quantity: 1 }, { quantity: 2 }],
      byName: { ['__proto__']: { at: now } },
    })
    expect(input).to.deep.equal(before)
  })

  it('keeps null and other misfits for the codec to refuse', () => {
    const input = { id: 'x', status: null, address: 5, lines: 'no', byName: [] }
    expect(withDefaults(attributes, input, now)).to.deep.equal(input)
  })

  it('fills names that objects inherit', () => {
    const inherited = attributeDefinitions({ constructor: string().default('a'), toString: string().optional() })
    expect(withDefaults(inherited, {}, now)).to.deep.equal({ constructor: 'a' })
  })
})
