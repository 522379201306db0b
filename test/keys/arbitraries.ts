// Values that are meant to break keys, and for each kind of them an order to compare with that shares no code with lib/keys.
import fc from 'fast-check'
import { compileKey, type TemplateKeyCodec } from '../../lib/keys/key-codec.ts'
import type { KeyRange, KeyType } from '../../lib/keys/key-type.ts'
import { type KeyTemplate, parseTemplate } from '../../lib/keys/template.ts'
import type { KeyEncoding } from '../../lib/keys/value-form.ts'

export const bytes = (text: string): Buffer => Buffer.from(text, 'utf8')
export const compareBytes = (a: string, b: string): number => Buffer.compare(bytes(a), bytes(b))

const nasty = [
  ...'#$%"! ~/0STP:-_aA{}é',
  ...['\u0000', '\u0001', '\n', '\u001f', '\u0024', '\u0025', '\u007f', '\u0080', '\u07ff', '\u0800', '\ud7ff', '\ue000'],
  ...['\ufffd', '\uffff', '\u{10000}', '\u{1f600}', '\u{10fffd}', '\u{10fffe}', '\u{10ffff}'],
]

/** Any character, mostly those that keys have reason to fear. */
export const character: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...nasty) },
  { weight: 2, arbitrary: fc.constantFrom('a', 'b') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
)
const textOf = (unit: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(unit, { minLength: 1, maxLength: 5 }).map((characters) => characters.join(''))
/** Two characters only, so that equal texts and prefixes are common. */
const fewTexts = textOf(fc.constantFrom('#', 'a', '$'))
export const text: fc.Arbitrary<string> = fc.oneof(textOf(character), fewTexts)
export const verbatimText: fc.Arbitrary<string> = text.map((value) =>
  value.replaceAll('#', '"').replaceAll('\u{10ffff}', '\u{10fffe}'),
)

/** 38 digits at most, as coefficient and power of ten. */
const decimalParts = fc.record({
  coefficient: fc.oneof(
    fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
    fc.bigInt({ min: -20n, max: 20n }),
    fc.constantFrom(10n ** 38n - 1n, 1n - 10n ** 38n),
  ),
  power: fc.oneof(fc.integer({ min: -92, max: 87 }), fc.integer({ min: -2, max: 2 })),
})
export const decimal: fc.Arbitrary<string> = decimalParts.map(({ coefficient, power }) => `${coefficient}e${power}`)

const scaledTo200 = (value: string): bigint => {
  const [coefficient = '0', power = '0'] = value.split('e')
  const [whole = '0', fraction = ''] = coefficient.split('.')
  return BigInt(whole + fraction) * 10n ** BigInt(200 + Number(power) - fraction.length)
}
const compareBigints = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
const compareNumbers = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0)
const time = (value: Date): number => value.getTime()

/** A kind of values: its type, its values, their order, and which encodings have ranges on it. */
export interface Kind {
  readonly name: string
  readonly keyType: KeyType
  readonly value: fc.Arbitrary<unknown>
  readonly verbatim?: fc.Arbitrary<unknown>
  readonly fixedWidth?: boolean
  readonly descends: boolean
  compare(a: unknown, b: unknown): number
}

function kind<T>(
  name: string,
  keyType: KeyType,
  value: fc.Arbitrary<T>,
  compare: (a: T, b: T) => number,
  more: { verbatim?: fc.Arbitrary<T> | undefined; fixedWidth?: boolean; descends?: boolean } = {},
): Kind {
  const { verbatim, fixedWidth = false, descends = true } = more
  return {
    name,
    keyType,
    value,
    ...(verbatim === undefined ? {} : { verbatim }),
    fixedWidth,
    descends,
    compare: (a, b) => compare(a as T, b as T),
  }
}

const storable = (value: number): boolean => value === 0 || (Math.abs(value) >= 1e-130 && Math.abs(value) < 1e126)
const anyNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter(storable),
  fc.integer({ min: -11, max: 11 }),
  fc.integer(),
  fc.constantFrom(0, -0, 0.1, -0.1, 0.1 + 0.2, 1e21, 1e-7, 1e125, -1e125, 1e-130, -1e-130, 99, 100, -99, -100, 9.5, -9.5),
)
const fractions = fc.oneof(
  fc.double({ min: -100, max: 1000, noNaN: true }).filter(storable),
  fc.constantFrom(-100, 1000, 0, 0.5, -0.5, 9, 10),
)
const positives = fc.oneof(fc.double({ min: 0.5, max: 99.5, noNaN: true }), fc.constantFrom(0.5, 9, 10, 99.5))
const smallIntegers = fc.oneof(fc.integer({ min: -42, max: 1000 }), fc.constantFrom(-42, -1, 0, 9, 10, 1000))
const naturals = fc.oneof(fc.integer({ min: 0, max: 12345 }), fc.constantFrom(0, 9, 10, 12345))
const dates = fc.oneof(
  fc.date({ min: new Date('0000-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
  fc.constantFrom(new Date('0000-01-01T00:00:00.000Z'), new Date('9999-12-31T23:59:59.999Z'), new Date(0), new Date(-1)),
)
const wholeSeconds = fc
  .oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.constantFrom(0, 253402300799))
  .map((seconds) => new Date(seconds * 1000))
const integerRange = { min: -42, max: 1000, integer: true } as const

export const kinds: readonly Kind[] = [
  kind('text', { kind: 'text' }, text, compareBytes, { verbatim: verbatimText, descends: false }),
  kind(
    'ulid-like',
    { kind: 'text', width: 2 },
    fc.string({ unit: fc.constantFrom('0', 'A', 'Z', 'a'), minLength: 2, maxLength: 2 }),
    compareBytes,
    {
      fixedWidth: true,
      descends: false,
    },
  ),
  kind('number', { kind: 'number' }, anyNumber, compareNumbers),
  kind('number with min', { kind: 'number', min: 0 }, anyNumber.map(Math.abs), compareNumbers),
  kind('number -100..1000', { kind: 'number', min: -100, max: 1000 }, fractions, compareNumbers, { verbatim: fractions }),
  kind('number 0.5..99.5', { kind: 'number', min: 0.5, max: 99.5 }, positives, compareNumbers, { verbatim: positives }),
  kind('integer -42..1000', { kind: 'number', ...integerRange }, smallIntegers, compareNumbers, { fixedWidth: true }),
  kind('integer 0..12345', { kind: 'number', min: 0, max: 12345, integer: true }, naturals, compareNumbers, { fixedWidth: true }),
  kind(
    'bigint',
    { kind: 'bigint' },
    fc.oneof(fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }), fc.bigInt({ min: -9n, max: 9n })),
    compareBigints,
  ),
  kind('bigint -5..2^64', { kind: 'bigint', min: -5n, max: 2n ** 64n }, fc.bigInt({ min: -5n, max: 2n ** 64n }), compareBigints, {
    fixedWidth: true,
  }),
  kind('decimal', { kind: 'decimal' }, decimal, (a, b) => compareBigints(scaledTo200(a), scaledTo200(b))),
  kind('datetime', { kind: 'datetime' }, dates, (a, b) => compareNumbers(time(a), time(b)), { fixedWidth: true }),
  kind('epochSeconds', { kind: 'epochSeconds' }, wholeSeconds, (a, b) => compareNumbers(time(a), time(b)), { fixedWidth: true }),
  kind('boolean', { kind: 'boolean' }, fc.boolean(), (a, b) => Number(a) - Number(b), { fixedWidth: true }),
  kind('binary', { kind: 'binary' }, fc.uint8Array({ minLength: 1, maxLength: 3 }), Buffer.compare, { descends: false }),
]

/** The template, or the test's mistake. */
export function template(source: string, delimiter?: string): KeyTemplate {
  const parsed = parseTemplate(source, delimiter)
  if ('fault' in parsed) throw new Error(parsed.fault.message)
  return parsed.template
}

export function codecOf(
  source: string,
  keyTypes: Readonly<Record<string, KeyType>>,
  { encoding = 'escaped', maxBytes = 1024, delimiter }: { encoding?: KeyEncoding; maxBytes?: number; delimiter?: string } = {},
): TemplateKeyCodec {
  return compileKey({ template: template(source, delimiter), keyTypes, encoding, maxBytes })
}

/** A template with its kinds: attributes are named a, b, c. */
export interface Layout {
  readonly source: string
  readonly names: readonly string[]
  readonly kinds: readonly Kind[]
  readonly descending: readonly boolean[]
  readonly encoding: KeyEncoding
  readonly codec: TemplateKeyCodec
  /** Some values for each attribute; few, so that equal ones are common. */
  readonly pools: readonly (readonly unknown[])[]
}

export function layout(encoding: KeyEncoding, maxBytes: fc.Arbitrary<number> = fc.constant(1024)): fc.Arbitrary<Layout> {
  const usable = kinds.filter((each) => encoding === 'escaped' || each.verbatim !== undefined || each.fixedWidth === true)
  const part = fc.record({
    kind: fc.constantFrom(...usable),
    literal: fc.constantFrom('', 'v', '#', 'A#', '\u0001', '\u{10fffe}'),
    down: fc.boolean(),
  })
  return fc
    .tuple(
      fc.array(part, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', 'ORDER#', 'O'),
      fc.constantFrom('', '', '#', '#END'),
      maxBytes,
    )
    .chain(([parts, start, tail, limit]) => {
      const names = parts.map((_, index) => 'abc'[index] ?? '')
      const descending = parts.map((each) => each.down && each.kind.descends)
      const placeholders = parts.map((each, index) => `${each.literal}{${names[index]}${descending[index] ? ':desc' : ''}}`)
      const source = start + placeholders.join('#') + tail
      const keyTypes = Object.fromEntries(parts.map((each, index) => [names[index], each.kind.keyType]))
      const codec = codecOf(source, keyTypes, { encoding, maxBytes: limit })
      const values = parts.map(({ kind }) =>
        fc.array(encoding === 'verbatim' && kind.verbatim ? kind.verbatim : kind.value, { minLength: 1, maxLength: 4 }),
      )
      return fc.tuple(...values).map((pools) => {
        const made = { source, names, kinds: parts.map((each) => each.kind), descending, encoding, codec, pools }
        const shown = `${encoding} ${source} of ${made.kinds.map((each) => each.name)}: ${fc.stringify(pools)}`
        return Object.defineProperty(made, fc.toStringMethod, { value: () => shown })
      })
    })
}

/** Every combination of the pools' values, as items. */
export function itemsOf({ names, pools }: Layout): Record<string, unknown>[] {
  let items: Record<string, unknown>[] = [{}]
  names.forEach((name, index) => {
    items = items.flatMap((item) => (pools[index] ?? []).map((value) => ({ ...item, [name]: value })))
  })
  return items
}

/** What DynamoDB does with a key condition on a key of type S. */
export function inRange(range: KeyRange, key: string): boolean {
  switch (range.op) {
    case 'all':
      return true
    case 'none':
      return false
    case 'begins_with':
      return bytes(key)
        .subarray(0, bytes(String(range.value)).length)
        .equals(bytes(String(range.value)))
    case 'between':
      return compareBytes(key, String(range.lower)) >= 0 && compareBytes(key, String(range.upper)) <= 0
    default: {
      const order = compareBytes(key, String(range.value))
      return { '=': order === 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[range.op]
    }
  }
}

/** The texts that would be sent to DynamoDB. */
export function boundsOf(range: KeyRange): string[] {
  if (range.op === 'all' || range.op === 'none') return []
  return range.op === 'between' ? [String(range.lower), String(range.upper)] : [String(range.value)]
}
