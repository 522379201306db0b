// Ranges on template keys, against an oracle: a set of keys from several templates in one partition, and plain comparison of values.
import { expect } from 'chai'
import fc from 'fast-check'
import { ValidationError } from '../../lib/errors.ts'
import { keyRange } from '../../lib/keys/range.ts'
import { propertyRuns as numRuns } from '../property-runs.ts'
import { boundsOf, bytes, character, codecOf, inRange, itemsOf, type Layout, layout } from './arbitraries.ts'

type Operators = Record<string, unknown>

const operatorSets = [
  ...[['gt'], ['gte'], ['lt'], ['lte'], ['gt', 'lt'], ['gt', 'lte'], ['gte', 'lt'], ['gte', 'lte']],
  ...[['between'], ['beginsWith'], ['eq'], []],
]

interface Question {
  readonly layout: Layout
  readonly fixed: readonly unknown[]
  readonly range: Operators | undefined
  readonly foreign: readonly string[]
}

function question(source: fc.Arbitrary<Layout>): fc.Arbitrary<Question> {
  return source.chain((given) => {
    const count = given.names.length
    return fc.nat(count).chain((fixedCount) => {
      const fixed = fc.tuple(...given.pools.slice(0, fixedCount).map((pool) => fc.constantFrom(...pool)))
      const kind = given.kinds[fixedCount]
      const bound =
        kind &&
        fc.oneof(
          fc.constantFrom(...(given.pools[fixedCount] ?? [])),
          (given.encoding === 'verbatim' && kind.verbatim) || kind.value,
        )
      const range =
        kind === undefined || bound === undefined
          ? fc.constant(undefined)
          : fc
              .tuple(fc.constantFrom(...operatorSets), bound, bound, fc.boolean(), fc.nat(3))
              .map(([names, one, two, order, cut]) => {
                const [low, high] = order && kind.compare(one, two) > 0 ? [two, one] : [one, two]
                const operand = (name: string): unknown => {
                  if (name === 'between') return [low, high]
                  if (name === 'beginsWith')
                    return typeof one === 'string' && kind.keyType.kind === 'text' ? [...one].slice(0, cut).join('') : ''
                  return name.startsWith('g') || name === 'eq' ? low : high
                }
                return Object.fromEntries(names.map((name) => [name, operand(name)]))
              })
      // Keys of other templates, many of them sharing the beginning of this one's.
      const keys = itemsOf(given).flatMap((item) => encodeIfShort(given, item) ?? [])
      const foreignKey = fc
        .tuple(
          fc.constantFrom('', 'ORDER', 'ORDERS#', 'ORDER#', 'O', 'P', ...keys),
          fc.nat(12),
          fc.array(character, { maxLength: 3 }),
        )
        .map(([start, cut, end]) =>
          [...[...start].slice(0, start.length - cut), ...end.filter((each) => each !== '\u{10ffff}')].join(''),
        )
        .filter((key) => key !== '')
      return fc.record({ layout: fc.constant(given), fixed, range, foreign: fc.array(foreignKey, { maxLength: 6 }) })
    })
  })
}

function encodeIfShort({ codec }: Layout, item: Operators): string | undefined {
  try {
    return codec.encode(item)
  } catch (error) {
    if (error instanceof ValidationError && error.reason === 'key-too-long') return undefined
    throw error
  }
}

/** The oracle. */
function fits({ layout: { names, kinds }, fixed, range }: Question, item: Operators): boolean {
  if (!fixed.every((value, index) => kinds[index]?.compare(item[names[index] ?? ''], value) === 0)) return false
  const [name, kind] = [names[fixed.length], kinds[fixed.length]]
  if (name === undefined || kind === undefined || range === undefined) return true
  const order = (other: unknown): number => kind.compare(item[name], other)
  return Object.entries(range).every(([operator, operand]) => {
    if (operator === 'between') return Array.isArray(operand) && order(operand[0]) >= 0 && order(operand[1]) <= 0
    if (operator === 'beginsWith') return operand === '' || String(item[name]).startsWith(String(operand))
    const sign = order(operand)
    return { gt: sign > 0, gte: sign >= 0, lt: sign < 0, lte: sign <= 0, eq: sign === 0 }[operator]
  })
}

/** The bounds of the range are the wrong way round. */
function isReversed({ layout: { kinds }, fixed, range = {} }: Question): boolean {
  const [low, high] = Array.isArray(range.between) ? range.between : [range.gt ?? range.gte, range.lt ?? range.lte]
  return low !== undefined && high !== undefined && (kinds[fixed.length]?.compare(low, high) ?? 0) > 0
}

/** A verbatim key has no range on values of varying width in its middle. */
function isRefused({ layout: { names, kinds, encoding, codec }, fixed, range = {} }: Question): boolean {
  const ranged = Object.keys(range).some((operator) => operator !== 'beginsWith' && operator !== 'eq')
  const isLast = fixed.length === names.length - 1 && codec.tail === ''
  return encoding === 'verbatim' && ranged && !isLast && kinds[fixed.length]?.fixedWidth === false
}

function checkAgainstOracle(asked: Question): void {
  const { layout: given, fixed, range, foreign } = asked
  const { names, codec } = given
  const conditions: Operators = Object.fromEntries(fixed.map((value, index) => [names[index], value]))
  const next = names[fixed.length]
  if (next !== undefined) conditions[next] = range
  let answer: ReturnType<typeof keyRange>
  try {
    answer = keyRange(codec, conditions)
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    if (error.reason === 'key-too-long') return
    expect(error.reason, error.message).to.equal('bad-range')
    expect(isReversed(asked) || isRefused(asked), error.message).to.equal(true)
    return
  }
  expect(isReversed(asked) || isRefused(asked), 'refused').to.equal(false)
  for (const bound of boundsOf(answer)) {
    expect(bound).to.not.equal('')
    expect(bytes(bound).length).to.be.at.most(codec.maxBytes)
  }
  const items = itemsOf(given)
  const own = new Map(items.flatMap((item) => [[encodeIfShort(given, item), item] as const]))
  for (const [key, item] of own) {
    if (key !== undefined) expect(inRange(answer, key), `${key} in ${JSON.stringify(answer)}`).to.equal(fits(asked, item))
  }
  // The literal prefix, taken from a key of the template rather than from the code under test.
  const sample = [...own.keys()].find((key) => key !== undefined && fits({ ...asked, range: undefined }, own.get(key) ?? {}))
  const at = codec.template.segments.findIndex((segment) => segment.placeholder?.name === next)
  if (sample === undefined || at < 0) return
  const prefix = [...sample.split('#').slice(0, at), codec.template.segments[at]?.literal].join('#')
  for (const key of foreign) {
    if (inRange(answer, key)) expect(key.startsWith(prefix), `${key} bleeds into ${JSON.stringify(answer)}`).to.equal(true)
  }
}

describe('keyRange', () => {
  for (const encoding of ['escaped', 'verbatim'] as const) {
    it(`${encoding}: returns exactly the keys whose values fit, and no key outside the prefix`, () => {
      fc.assert(fc.property(question(layout(encoding)), checkAgainstOracle), { numRuns: numRuns * 3 })
    })

    it(`${encoding}: the same where bounds meet the limit on the size of keys`, () => {
      const limits = fc.integer({ min: 2, max: 16 })
      const short = layout(encoding, limits).filter(({ codec }) => bytes(codec.parts[0]?.lead ?? '').length <= codec.maxBytes)
      fc.assert(fc.property(question(short), checkAgainstOracle), { numRuns: numRuns * 3 })
    })
  }

  const order = codecOf('ORDER#{id}', { id: { kind: 'text' } })
  const items = codecOf('ORDER#{id}#ITEM#{n}', { id: { kind: 'text' }, n: { kind: 'number', min: 0, max: 99 } })
  const bare = codecOf('{at}', { at: { kind: 'datetime' } })
  const score = codecOf('S#{score:desc}', { score: { kind: 'number', min: 0, max: 100 } })
  const may = new Date('2024-05-01T00:00:00.000Z')
  const cases: [string, ReturnType<typeof keyRange>, object][] = [
    ['no condition is the literal prefix', keyRange(order, {}), { op: 'begins_with', value: 'ORDER#' }],
    ['undefined counts as absent', keyRange(order, { id: undefined }), { op: 'begins_with', value: 'ORDER#' }],
    [
      'operators that are undefined count as absent',
      keyRange(order, { id: { gte: undefined } }),
      { op: 'begins_with', value: 'ORDER#' },
    ],
    ['a template that begins with a placeholder', keyRange(bare, {}), { op: 'all' }],
    ['equality', keyRange(order, { id: 'a#' }), { op: '=', value: 'ORDER#a$S' }],
    ['equality as an operator', keyRange(order, { id: { eq: 'a' } }), { op: '=', value: 'ORDER#a' }],
    ['equality on the left', keyRange(items, { id: 'a' }), { op: 'begins_with', value: 'ORDER#a#ITEM#' }],
    [
      'a lower bound is bounded above',
      keyRange(order, { id: { gte: '7' } }),
      { op: 'between', lower: 'ORDER#7', upper: 'ORDER#\u{10ffff}' },
    ],
    [
      'an excluded lower bound',
      keyRange(order, { id: { gt: '7' } }),
      { op: 'between', lower: 'ORDER#7$', upper: 'ORDER#\u{10ffff}' },
    ],
    [
      'an upper bound is bounded below',
      keyRange(order, { id: { lte: '7' } }),
      { op: 'between', lower: 'ORDER#', upper: 'ORDER#7' },
    ],
    [
      'an upper bound in the middle',
      keyRange(items, { id: { lte: '7' } }),
      { op: 'between', lower: 'ORDER#', upper: 'ORDER#7#\u{10ffff}' },
    ],
    ['descending is mirrored', keyRange(score, { score: { gte: 90 } }), { op: 'between', lower: 'S#', upper: 'S#010' }],
    ['one end with nothing to stay within', keyRange(bare, { at: { gt: may } }), { op: '>', value: '2024-05-01T00:00:00.000Z' }],
    ['the beginning of a date', keyRange(bare, { at: { beginsWith: '2024-05' } }), { op: 'begins_with', value: '2024-05' }],
    ['an empty beginning', keyRange(order, { id: { beginsWith: '' } }), { op: 'begins_with', value: 'ORDER#' }],
    ['equal ends, one excluded', keyRange(order, { id: { gt: 'a', lte: 'a' } }), { op: 'none' }],
    ['literals only', keyRange(codecOf('PROFILE', {}), {}), { op: '=', value: 'PROFILE' }],
  ]
  for (const [name, actual, expected] of cases) it(name, () => expect(actual).to.deep.equal(expected))
})
