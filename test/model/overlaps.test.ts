// Two entities that can produce the same primary key are refused, whatever their templates; checked against keys that are really equal.
import { expect } from 'chai'
import fc from 'fast-check'
import { defineEntity, defineModel, defineTable, number, oneOf, string, type Table } from '../../lib/index.ts'
import type { ResolvedEntity } from '../../lib/model/resolved.ts'
import { propertyRuns } from '../property-runs.ts'
import { problemsOf, type Untyped } from './mistakes.ts'

/** Few pieces and few values, so that keys are often equal. */
const piece = fc.constantFrom('A', 'B', '{x}', '{y}', 'A{x}', 'B{y}', '{n}', '{c}')
const template = fc
  .array(piece, { minLength: 1, maxLength: 3 })
  .map((pieces) =>
    pieces.filter(
      (one, position) =>
        !pieces.slice(0, position).some((before) => nameIn(before) !== undefined && nameIn(before) === nameIn(one)),
    ),
  )
  .map((pieces) => pieces.join('#'))
const key = fc.record({
  pk: fc.oneof({ weight: 9, arbitrary: template }, { weight: 1, arbitrary: fc.constant('{PK}') }),
  sk: template,
})

const texts = ['A', 'B', 'AA', '1']
const values = texts.flatMap((x) => texts.flatMap((y) => [1, 2].flatMap((n) => ['A', 'B'].map((c) => ({ x, y, n, c, PK: x })))))

function nameIn(piece: string): string | undefined {
  return /\{(\w+)\}/.exec(piece)?.[1]
}

function entity(name: string, templates: { pk: string; sk: string }) {
  const natural = templates.pk === '{PK}' && { PK: string() }
  const attributes = { x: string(), y: string(), n: number({ min: 0, max: 9, integer: true }), c: oneOf('A', 'B'), ...natural }
  return defineEntity(name, { attributes, key: templates as Untyped }) as Untyped
}

function keysOf(table: Table, One: Untyped): Set<string> {
  const { One: resolved } = defineModel({ table, entities: { One } }).resolved.entities as unknown as { One: ResolvedEntity }
  const { partition, sort } = resolved.key
  return new Set(values.map((item) => JSON.stringify([partition.codec.encode(item), sort?.codec.encode(item)])))
}

describe('primary keys of two entities', () => {
  for (const keyEncoding of ['escaped', 'verbatim'] as const)
    it(`${keyEncoding}: are refused whenever they can be equal`, () => {
      const table = defineTable({ name: 'shop', partitionKey: 'PK', sortKey: 'SK', keyEncoding })
      let equal = 0
      fc.assert(
        fc.property(key, key, (one, other) => {
          const [One, Other] = [entity('One', one), entity('Other', other)]
          const keys = keysOf(table, Other)
          if (![...keysOf(table, One)].some((found) => keys.has(found))) return
          equal++
          expect(problemsOf({ table, entities: { One, Other } }).map(({ code }) => code)).to.deep.equal(['overlapping-keys'])
        }),
        // One pair in fifty has equal keys.
        { numRuns: propertyRuns * 3 },
      )
      if (propertyRuns >= 500) expect(equal, 'pairs with equal keys').to.be.above(propertyRuns / 100)
    })

  const pairs: readonly (readonly [string, string, boolean])[] = [
    ['USER#{x}', 'USER#{y}', true],
    ['USER#{x}', 'USER#A', true],
    ['USER#{x}', 'USER#A#B', false],
    ['USER#{x}', 'ORDER#{x}', false],
    ['{c}#{x}', 'C#{x}', false],
    ['{c}#{x}', 'A#{x}', true],
    ['V{n}', 'V1', true],
    ['V{n}', 'VA', false],
    ['{PK}', 'USER#{x}', true],
  ]
  for (const [one, other, refused] of pairs)
    it(`${one} and ${other} ${refused ? 'are refused' : 'are apart'}`, () => {
      const table = defineTable({ name: 'shop', partitionKey: 'PK', sortKey: 'SK' })
      const entities = { One: entity('One', { pk: one, sk: 'S' }), Other: entity('Other', { pk: other, sk: 'S' }) }
      expect(problemsOf({ table, entities })).to.have.length(refused ? 1 : 0)
    })

  it('are apart by their sort keys alone', () => {
    const table = defineTable({ name: 'shop', partitionKey: 'PK', sortKey: 'SK' })
    const entities = { One: entity('One', { pk: '{x}', sk: 'A#{y}' }), Other: entity('Other', { pk: '{x}', sk: 'B#{y}' }) }
    expect(problemsOf({ table, entities })).to.deep.equal([])
  })
})
