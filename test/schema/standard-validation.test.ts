// Standard Schemas wherever an attribute or a check may stand: zod and valibot, synchronous and asynchronous.
import { expect } from 'chai'
import * as v from 'valibot'
import { z } from 'zod'
import { ValidationError } from '../../lib/errors.ts'
import type { Attributes } from '../../lib/schema/attribute.ts'
import { compileObject } from '../../lib/schema/codec.ts'
import { list, map, record, union } from '../../lib/schema/collections.ts'
import { attributeDefinition, attributeDefinitions } from '../../lib/schema/definitions.ts'
import { number, string } from '../../lib/schema/scalars.ts'
import type { StandardSchemaV1 } from '../../lib/schema/standard-schema.ts'
import { applySchemas, hasSchemas } from '../../lib/schema/standard-validation.ts'
import { datetime } from '../../lib/schema/times.ts'

function apply(attributes: Attributes, input: Record<string, unknown>, mode: 'whole' | 'partial' = 'whole'): unknown {
  return applySchemas(attributeDefinitions(attributes), input, mode)
}

function errorOf(run: () => unknown): ValidationError {
  try {
    run()
  } catch (error) {
    if (error instanceof ValidationError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

async function rejectionOf(promise: unknown): Promise<ValidationError> {
  expect(promise).to.be.instanceOf(Promise)
  const error: unknown = await (promise as Promise<unknown>).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ValidationError)) throw new Error('no ValidationError')
  return error
}

const libraries: { name: string; trimmed: StandardSchemaV1; later: StandardSchemaV1; short: StandardSchemaV1 }[] = [
  {
    name: 'zod',
    trimmed: z.string().trim(),
    later: z.string().refine(async (text) => text !== 'bad', 'is bad'),
    short: z.string().max(2, 'too long'),
  },
  {
    name: 'valibot',
    trimmed: v.pipe(v.string(), v.trim()),
    later: v.pipeAsync(
      v.string(),
      v.checkAsync(async (text) => text !== 'bad', 'is bad'),
    ),
    short: v.pipe(v.string(), v.maxLength(2, 'too long')),
  },
]

for (const { name, trimmed, later, short } of libraries) {
  describe(`a schema of ${name}`, () => {
    it('stands for an attribute, at the top and nested', () => {
      const attributes = { a: trimmed, b: list(trimmed), c: map({ d: trimmed, e: string() }), f: record(trimmed), g: string() }
      const input = { a: ' a ', b: [' b '], c: { d: ' d ', e: ' e ' }, f: { ['__proto__']: ' f ' }, g: ' g ' }
      const before = structuredClone(input)
      expect(apply(attributes, input)).to.deep.equal({
        a: 'a',
        b: ['b'],
        c: { d: 'd', e: ' e ' },
        f: { ['__proto__']: 'f' },
        g: ' g ',
      })
      expect(input).to.deep.equal(before)
    })

    it('is awaited when it is asynchronous', async () => {
      const result = apply({ a: list(later), b: trimmed }, { a: ['x', 'y'], b: ' b ' })
      expect(result).to.be.instanceOf(Promise)
      expect(await result).to.deep.equal({ a: ['x', 'y'], b: 'b' })
    })

    it('reports where a value is wrong', async () => {
      const error = errorOf(() => apply({ a: map({ b: list(short) }) }, { a: { b: ['ok', 'long'] } }))
      expect({ reason: error.reason, path: error.path }).to.deep.equal({ reason: 'check-failed', path: 'a.b[1]' })
      expect(error.message).to.include('too long')
      const rejection = await rejectionOf(apply({ a: list(later) }, { a: ['x', 'bad'] }))
      expect({ reason: rejection.reason, path: rejection.path }).to.deep.equal({ reason: 'check-failed', path: 'a[1]' })
    })

    it('in a check judges a value and keeps it', async () => {
      const attributes = { a: string().check(trimmed).check(short) }
      expect(apply(attributes, { a: ' a' })).to.deep.equal({ a: ' a' })
      expect(errorOf(() => apply(attributes, { a: 'long' })).path).to.equal('a')
      expect(await apply({ a: string().check(later) }, { a: ' x ' })).to.deep.equal({ a: ' x ' })
      expect((await rejectionOf(apply({ a: string().check(later) }, { a: 'bad' }))).path).to.equal('a')
    })

    it('is not asked about what is absent from a part of an item', () => {
      expect(apply({ a: trimmed, b: string().check(short) }, {}, 'partial')).to.deep.equal({})
      expect(errorOf(() => apply({ a: trimmed }, {})).path).to.equal('a')
    })
  })
}

describe('a schema', () => {
  it('with a path reports inside its own value, with all issues', () => {
    const schema = z.object({ lines: z.array(z.object({ sku: z.string().min(2, 'short') })) })
    const error = errorOf(() => apply({ cart: schema }, { cart: { lines: [{ sku: 'ok' }, { sku: 'a' }, { sku: 'b' }] } }))
    expect(error.path).to.equal('cart.lines[1].sku')
    expect(error.message).to.equal('cart.lines[1].sku: short (also cart.lines[2].sku: short)')
  })

  it('gives defaults, and may make a value absent', () => {
    const attributes = { a: z.string().default('x'), b: z.string().transform(() => undefined), c: z.string().optional() }
    expect(apply(attributes, { b: 'b' })).to.deep.equal({ a: 'x' })
  })

  it('is optional when it takes and gives undefined', () => {
    expect(attributeDefinition(z.string().optional()).optional).to.equal(true)
    expect(attributeDefinition(z.string()).optional).to.equal(false)
    expect(attributeDefinition(z.string().default('a')).optional).to.equal(false)
    expect(attributeDefinition(v.optional(v.string())).optional).to.equal(true)
    const validate = (value: unknown) => ({ value: (value as string).trim() })
    expect(attributeDefinition({ '~standard': { version: 1, vendor: 'own', validate } }).optional).to.equal(false)
  })

  it('stores its output as any() would', () => {
    const codec = compileObject(attributeDefinitions({ a: z.object({ n: z.number(), s: z.set(z.string()), z: z.null() }) }))
    const input = { a: { n: 1.5, s: new Set(['x']), z: null } }
    expect(codec.decode(codec.encode(input, ''), '')).to.deep.equal(input)
    expect(() => codec.encode({ a: new Date() }, '')).to.throw(ValidationError, /plain data/)
  })

  it('that is left out, as from an input that is handed on, refuses no value', () => {
    const { schema: _, ...handedOn } = attributeDefinition(z.date().transform((date) => date.toISOString()))
    const codec = compileObject({ a: handedOn })
    for (const value of [new Date(), new Map(), 'text', null]) expect(() => codec.encode({ a: value }, '')).not.to.throw()
    expect(() => codec.encode({}, '')).to.throw(ValidationError)
  })

  it('in a union takes part like any alternative', async () => {
    const sync = { a: union(z.object({ n: z.number() }), datetime(), number()) }
    expect(apply(sync, { a: { n: 1 } })).to.deep.equal({ a: { n: 1 } })
    expect(apply(sync, { a: 5 })).to.deep.equal({ a: 5 })
    expect(errorOf(() => apply(sync, { a: 'x' })).reason).to.equal('check-failed')
    const later = {
      a: union(
        z.string().refine(async (text) => text === 'x'),
        number(),
      ),
    }
    expect(await apply(later, { a: 'x' })).to.deep.equal({ a: 'x' })
    expect(await apply(later, { a: 5 })).to.deep.equal({ a: 5 })
    expect((await rejectionOf(apply(later, { a: 'y' }))).path).to.equal('a')
  })

  it('that fails later leaves no unhandled rejection when another fails first', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    const attributes = { a: z.string().refine(async () => false), b: z.number() }
    expect(errorOf(() => apply(attributes, { a: 'a', b: 'b' })).path).to.equal('b')
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).to.deep.equal([])
  })

  it('is not given a Promise', () => {
    expect(errorOf(() => apply({ a: list(z.string()) }, { a: Promise.resolve(['x']) })).message).to.include('Await it first')
  })

  it('leaves what does not fit for the codec to refuse', () => {
    expect(apply({ a: list(z.string()), b: map({ c: z.string() }) }, { a: 5, b: [], d: 1 })).to.deep.equal({ a: 5, b: [], d: 1 })
  })
})

describe('hasSchemas', () => {
  const cases: [string, Attributes[string], boolean][] = [
    ['a schema', z.string(), true],
    ['a schema in a check', string().check(z.string()), true],
    ['a function in a check', string().check(() => true), false],
    ['a list of schemas', list(z.string()), true],
    ['a map with a schema deep inside', map({ a: list(record(map({ b: z.string() }))) }), true],
    ['a union with a schema', union(string(), z.number()), true],
    ['a map of plain attributes', map({ a: list(string()) }), false],
  ]
  for (const [what, attribute, expected] of cases) {
    it(`is ${expected} for ${what}`, () => {
      expect(hasSchemas(attributeDefinition(attribute))).to.equal(expected)
    })
  }
})
