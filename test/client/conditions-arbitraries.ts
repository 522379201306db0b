// Random conditions, each together with what it means, written by hand as a predicate over the item in memory.
import fc from 'fast-check'
import {
  and,
  bigint,
  binary,
  boolean,
  datetime,
  decimal,
  defineEntity,
  defineModel,
  defineTable,
  list,
  map,
  not,
  number,
  numberSet,
  oneOf,
  or,
  record,
  string,
  stringSet,
} from '../../lib/index.ts'

/** Names that DynamoDB reserves, and names that are also operators of conditions. */
const Thing = defineEntity('Thing', {
  attributes: {
    id: string(),
    name: string().optional(),
    status: oneOf('a', 'b', 'c').optional().storedAs('size'),
    count: number().optional(),
    'big-number': bigint().optional(),
    price: decimal().optional(),
    exists: boolean().optional(),
    at: datetime().optional(),
    bytes: binary().optional(),
    list: list(string()).optional(),
    tags: stringSet().optional(),
    numbers: numberSet().optional(),
    map: map({
      size: number().optional(),
      text: string().optional().storedAs('t'),
      deep: map({ x: number() }).optional(),
    }).optional(),
    record: record(number()).optional(),
  },
  key: { pk: 'THING#{id}' },
})

export const thingModel = defineModel({ table: defineTable({ name: 'conditions', partitionKey: 'PK' }), entities: { Thing } })

type Values = Readonly<Record<string, unknown>>
export interface Meaning {
  readonly condition: object
  readonly holds: (item: Values) => boolean
}
type Test = { readonly test: unknown; readonly holds: (value: unknown) => boolean }

const texts = fc.constantFrom('', 'a', 'ab', 'abc', 'b', 'é', '𝒳', '\uFFFD')
const choices = fc.constantFrom('a', 'b', 'c')
const numbers = fc.constantFrom(-10, -1, 0, 0.5, 1, 9, 10)
const bigints = fc.constantFrom(-10n, 0n, 9n, 10n, 12345678901234567890n)
const decimals = fc.constantFrom('-1.5', '0', '9', '10', '10.25')
const dates = fc.constantFrom(0, 1e12, 1.7e12).map((time) => new Date(time))
const bytes = fc.constantFrom([0], [1], [1, 0], [200]).map((values) => Uint8Array.from(values))
const lists = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 })
const stringSets = fc.subarray(['a', 'b', 'c'], { minLength: 1 }).map((some) => new Set(some))
const numberSets = fc.subarray([1, 2.5, -3], { minLength: 1 }).map((some) => new Set(some))
const maps = fc.record({ size: numbers, text: texts, deep: fc.record({ x: numbers }) }, { requiredKeys: [] })
const records = fc.dictionary(fc.constantFrom('k', 'l', 'constructor'), numbers, { noNullPrototype: true })

export const items: fc.Arbitrary<Values> = fc.record(
  {
    name: texts,
    status: choices,
    count: numbers,
    'big-number': bigints,
    price: decimals,
    exists: fc.boolean(),
    at: dates,
    bytes,
    list: lists,
    tags: stringSets,
    numbers: numberSets,
    map: maps,
    record: records,
  },
  { requiredKeys: [] },
)

/** Text in the order of its UTF-8 bytes; the others by value. Equal values of other types are told by their content. */
function order(a: unknown, b: unknown): number {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(String(b)))
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array)
  return Number(a) < Number(b) ? -1 : Number(a) > Number(b) ? 1 : 0
}

function content(value: unknown): string {
  if (value instanceof Set) return `set ${[...value].map(content).sort().join()}`
  if (Array.isArray(value)) return `list ${value.map(content).join()}`
  if (value instanceof Date || value instanceof Uint8Array || typeof value !== 'object' || value === null) return String(value)
  return `map ${Object.entries(value)
    .map(([name, inner]) => `${name}=${content(inner)}`)
    .sort()
    .join()}`
}

/** Tests that every attribute has. */
function common(values: fc.Arbitrary<unknown>, type: string): fc.Arbitrary<Test>[] {
  return [
    values.map((eq): Test => ({ test: { eq }, holds: (value) => value !== undefined && content(value) === content(eq) })),
    values.map((ne): Test => ({ test: { ne }, holds: (value) => value === undefined || content(value) !== content(ne) })),
    fc.boolean().map((exists): Test => ({ test: { exists }, holds: (value) => (value !== undefined) === exists })),
    fc
      .constantFrom(type, 'NULL')
      .map((name): Test => ({ test: { type: name }, holds: (value) => value !== undefined && name === type })),
  ]
}

function membership(values: fc.Arbitrary<unknown>): fc.Arbitrary<Test>[] {
  const several = fc.array(values, { minLength: 1, maxLength: 3 })
  const isIn = (wanted: unknown[]) => (value: unknown) =>
    value !== undefined && wanted.some((one) => content(one) === content(value))
  return [
    values.map((one): Test => ({ test: one, holds: isIn([one]) })),
    several.map((wanted): Test => ({ test: wanted, holds: isIn(wanted) })),
    several.map((wanted): Test => ({ test: { in: wanted }, holds: isIn(wanted) })),
  ]
}

function ordered(values: fc.Arbitrary<unknown>, by: (a: unknown, b: unknown) => number): fc.Arbitrary<Test>[] {
  const comparison = (name: string, holds: (sign: number) => boolean) =>
    values.map((bound): Test => ({ test: { [name]: bound }, holds: (value) => value !== undefined && holds(by(value, bound)) }))
  const range = fc.tuple(values, values).map(([a, b]): Test => {
    const [lower, upper] = by(a, b) <= 0 ? [a, b] : [b, a]
    return {
      test: { between: [lower, upper] },
      holds: (value) => value !== undefined && by(value, lower) >= 0 && by(value, upper) <= 0,
    }
  })
  return [
    comparison('gt', (sign) => sign > 0),
    comparison('gte', (sign) => sign >= 0),
    comparison('lt', (sign) => sign < 0),
    comparison('lte', (sign) => sign <= 0),
    range,
  ]
}

function sized(sizeOf: (value: never) => number): fc.Arbitrary<Test>[] {
  const sizes = fc.integer({ min: 0, max: 4 })
  const test = (size: unknown, holds: (size: number) => boolean): Test => ({
    test: { size },
    holds: (value) => value !== undefined && holds(sizeOf(value as never)),
  })
  return [
    sizes.map((size) => test(size, (actual) => actual === size)),
    // What is absent has no size, and so differs from every number.
    sizes.map((ne): Test => ({ test: { size: { ne } }, holds: (value) => value === undefined || sizeOf(value as never) !== ne })),
    fc.tuple(sizes, sizes).map(([gte, lt]) => test({ gte, lt }, (actual) => actual >= gte && actual < lt)),
  ]
}

const numeric = (a: unknown, b: unknown) => order(Number(a), Number(b))
const textTests = [
  texts
    .filter((text) => text !== '')
    .map((text): Test => ({ test: { beginsWith: text }, holds: (value) => String(value ?? '').startsWith(text) })),
  texts
    .filter((text) => text !== '')
    .map((text): Test => ({ test: { contains: text }, holds: (value) => String(value ?? '').includes(text) })),
]
const has = (element: unknown) => (value: unknown) => [...((value as Iterable<unknown>) ?? [])].includes(element)

const count = fc.oneof(...common(numbers, 'N'), ...membership(numbers), ...ordered(numbers, order))
const name = fc.oneof(
  ...common(texts, 'S'),
  ...membership(texts),
  ...ordered(texts, order),
  ...textTests,
  ...sized((text: string) => text.length),
)

const testsOf: Readonly<Record<string, fc.Arbitrary<Test>>> = {
  name,
  status: fc.oneof(
    ...common(choices, 'S'),
    ...membership(choices),
    ...ordered(choices, order),
    ...sized((text: string) => text.length),
  ),
  count,
  'big-number': fc.oneof(...common(bigints, 'N'), ...membership(bigints), ...ordered(bigints, numeric)),
  price: fc.oneof(...common(decimals, 'N'), ...membership(decimals), ...ordered(decimals, numeric)),
  exists: fc.oneof(...common(fc.boolean(), 'BOOL'), ...membership(fc.boolean())),
  at: fc.oneof(...common(dates, 'S'), ...membership(dates), ...ordered(dates, order)),
  bytes: fc.oneof(
    ...common(bytes, 'B'),
    ...membership(bytes),
    ...ordered(bytes, order),
    ...sized((value: Uint8Array) => value.length),
  ),
  list: fc.oneof(
    ...common(lists, 'L'),
    ...sized((value: unknown[]) => value.length),
    choices.map((element): Test => ({ test: { contains: element }, holds: has(element) })),
  ),
  tags: fc.oneof(
    ...common(stringSets, 'SS'),
    ...sized((value: Set<string>) => value.size),
    choices.map((element): Test => ({ test: { contains: element }, holds: has(element) })),
  ),
  numbers: fc.oneof(
    ...common(numberSets, 'NS'),
    ...sized((value: Set<number>) => value.size),
    numbers.map((element): Test => ({ test: { contains: element }, holds: has(element) })),
  ),
  map: fc.oneof(
    // `size` is an attribute of this map, and its name wins over the test's.
    ...common(maps, 'M'),
    count.map(inside('size')),
    name.map(inside('text')),
    count.map(inside('x')).map(inside('deep')),
  ),
  record: fc.oneof(...common(records, 'M'), ...sized((value: object) => Object.keys(value).length), count.map(inside('k'))),
}

/** The test of one attribute of a map. */
function inside(attribute: string): (test: Test) => Test {
  return ({ test, holds }) => ({
    test: { [attribute]: test },
    holds: (value) => holds((value as Values | undefined)?.[attribute]),
  })
}

/** Tests of one attribute or of several, which must all hold. */
const plain: fc.Arbitrary<Meaning> = fc
  .subarray(Object.keys(testsOf), { minLength: 1, maxLength: 2 })
  .chain((names) => fc.tuple(...names.map((attribute) => (testsOf[attribute] ?? name).map((test) => ({ attribute, test })))))
  .map((tests) => ({
    condition: Object.fromEntries(tests.map(({ attribute, test }) => [attribute, test.test])),
    holds: (item) => tests.every(({ attribute, test }) => test.holds(item[attribute])),
  }))

/** Conditions joined and negated, to some depth. */
export const conditions: fc.Arbitrary<Meaning> = fc.letrec<{ condition: Meaning }>((tie) => {
  const several = fc.array(tie('condition'), { minLength: 1, maxLength: 3 })
  return {
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 3, arbitrary: plain },
      {
        weight: 1,
        arbitrary: several.map(
          (parts): Meaning => ({
            condition: and<object>(...parts.map(({ condition }) => condition)),
            holds: (item) => parts.every(({ holds }) => holds(item)),
          }),
        ),
      },
      {
        weight: 1,
        arbitrary: several.map(
          (parts): Meaning => ({
            condition: or<object>(...parts.map(({ condition }) => condition)),
            holds: (item) => parts.some(({ holds }) => holds(item)),
          }),
        ),
      },
      {
        weight: 1,
        arbitrary: tie('condition').map(
          ({ condition, holds }): Meaning => ({
            condition: not<object>(condition),
            holds: (item) => !holds(item),
          }),
        ),
      },
    ),
  }
}).condition
