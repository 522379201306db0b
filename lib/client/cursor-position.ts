// The content of a cursor: one position for each source, and the last key of those that are merged, packed as JSON; unpacked only when it lies
// in what is read.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { ReadPlan } from '../design/read-plan.ts'
import { decimalFault, parseDecimal } from '../keys/decimal.ts'
import { maxPartitionKeyBytes, maxSortKeyBytes } from '../keys/key-codec.ts'
import { compareKeys } from '../keys/key-order.ts'
import type { KeyAttributeType, KeyContent, KeyRange } from '../keys/key-type.ts'
import { byteLength } from '../keys/text-order.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import type { ReadSource } from '../requests/read.ts'
import type { Position } from './source.ts'

/** Where a read stands. */
export interface ReadPosition {
  readonly positions: readonly Position[]
  /**
   * The sort key furthest in order that has been given, when sources are merged: behind a filter each of them may have been read further than
   * that, or less far.
   */
  readonly last?: AttributeValue
}

/** An attribute of an ExclusiveStartKey. */
export interface PositionKey {
  readonly name: string
  readonly type: KeyAttributeType
  readonly maxBytes: number
}

/** The attributes of an ExclusiveStartKey: those of the table's key and of the index's, once each. */
export function positionKeys({ index, wanted }: ReadPlan): readonly PositionKey[] {
  const [entity] = wanted.values()
  const keys = new Map<string, PositionKey>()
  for (const { partitionKey, sortKey } of [entity?.table, index].filter((one) => one !== undefined)) {
    keys.set(partitionKey.name, { ...partitionKey, maxBytes: keys.get(partitionKey.name)?.maxBytes ?? maxPartitionKeyBytes })
    if (sortKey !== undefined) keys.set(sortKey.name, { ...sortKey, maxBytes: maxSortKeyBytes })
  }
  return [...keys.values()]
}

type Packed = 0 | 1 | Readonly<Record<string, unknown>>

export function packPosition({ positions, last }: ReadPosition, sources: readonly ReadSource[]): Buffer {
  const list = isSequence(sources) ? packSequence(positions) : positions.map(packOne)
  return Buffer.from(JSON.stringify(last === undefined ? list : { positions: list, last: packValue(last) }))
}

/** Of sources that are read one group after the other, only those in reading are worth the bytes: before them all is read, behind them nothing. */
function packSequence(positions: readonly Position[]): readonly unknown[] {
  const first = positions.findIndex((position) => position !== 'end')
  const last = positions.findLastIndex((position) => position !== 'start')
  return [first, ...positions.slice(first, last + 1).map(packOne)]
}

function isSequence(sources: readonly ReadSource[]): boolean {
  return (sources.at(-1)?.group ?? 0) > 0
}

/** What stands for each source in a payload of a sequence. */
function expanded([first, ...inReading]: readonly unknown[], count: number): readonly unknown[] | undefined {
  if (typeof first !== 'number' || !Number.isInteger(first) || first < 0 || first + inReading.length > count) return undefined
  const behind = count - first - inReading.length
  return [...Array<unknown>(first).fill(1), ...inReading, ...Array<unknown>(behind).fill(0)]
}

function packOne(position: Position): Packed {
  if (position === 'start') return 0
  if (position === 'end') return 1
  return Object.fromEntries(Object.entries(position).map(([name, value]) => [name, packValue(value)]))
}

/** JSON has no bytes. */
export function packValue(value: AttributeValue): unknown {
  return value.B === undefined ? value : { B: Buffer.from(value.B).toString('base64') }
}

/**
 * What a payload holds: a position for each source, each in its source's partition and range, and a last key in that range, whatever a forger may
 * have written. Undefined when it does not.
 */
export function unpackPosition(plan: ReadPlan, sources: readonly ReadSource[], payload: Buffer): ReadPosition | undefined {
  const parsed = parse(payload)
  if (Array.isArray(parsed)) return unpackPositions(plan, sources, parsed)
  if (!isObjectOf(parsed, 2) || !Object.hasOwn(parsed, 'positions') || !Array.isArray(parsed.positions)) return undefined
  const position = unpackPositions(plan, sources, parsed.positions)
  const last = Object.hasOwn(parsed, 'last') ? unpackLast(plan, sources, parsed.last) : undefined
  return position && last && { ...position, last }
}

function unpackPositions(plan: ReadPlan, sources: readonly ReadSource[], list: readonly unknown[]): ReadPosition | undefined {
  const packed = isSequence(sources) ? expanded(list, sources.length) : list
  // After the end of everything there is no cursor.
  if (packed === undefined || packed.length !== sources.length || packed.every((one) => one === 1)) return undefined
  const keys = positionKeys(plan)
  const positions: Position[] = []
  for (const [index, source] of sources.entries()) {
    const position = unpackOne(packed[index], keys)
    if (position === undefined || (typeof position === 'object' && !liesIn(plan, source, position))) return undefined
    positions.push(position)
  }
  return { positions }
}

/** All sources that are merged have the same range. */
function unpackLast(plan: ReadPlan, [source]: readonly ReadSource[], packed: unknown): AttributeValue | undefined {
  const { sort } = plan
  const key = positionKeys(plan).find(({ name }) => name === sort?.attribute)
  const value = key && unpackValue(packed, key)
  const content = key && value?.[key.type]
  return key && source?.range && content !== undefined && inRange(key.type, content, source.range) ? value : undefined
}

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString())
  } catch {
    return undefined
  }
}

function unpackOne(packed: unknown, keys: readonly PositionKey[]): Position | undefined {
  if (packed === 0) return 'start'
  if (packed === 1) return 'end'
  if (!isObjectOf(packed, keys.length)) return undefined
  const position: StoredItem = {}
  for (const key of keys) {
    const value = unpackValue(Object.hasOwn(packed, key.name) ? packed[key.name] : undefined, key)
    if (value === undefined) return undefined
    position[key.name] = value
  }
  return position
}

/** A value that DynamoDB takes in this place of a key. */
function unpackValue(packed: unknown, { type, maxBytes }: PositionKey): AttributeValue | undefined {
  if (!isObjectOf(packed, 1) || !Object.hasOwn(packed, type)) return undefined
  const content = packed[type]
  if (typeof content !== 'string' || content === '') return undefined
  if (type === 'S') return isWellFormed(content) && byteLength(content) <= maxBytes ? { S: content } : undefined
  if (type === 'N') {
    const number = parseDecimal(content)
    return number !== undefined && decimalFault(number) === undefined ? { N: content } : undefined
  }
  const bytes = Uint8Array.from(Buffer.from(content, 'base64'))
  return bytes.length <= maxBytes && Buffer.from(bytes).toString('base64') === content ? { B: bytes } : undefined
}

function isObjectOf(value: unknown, size: number): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === size
}

function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}

function liesIn({ partition, sort }: ReadPlan, source: ReadSource, position: StoredItem): boolean {
  if (source.partition === undefined) return true
  const type = partition.codec.attributeType
  const [found, wanted] = [position[partition.attribute]?.[type], source.partition.value[type]]
  if (found === undefined || wanted === undefined || compareKeys(type, found, wanted) !== 0) return false
  if (sort === undefined || source.range === undefined) return true
  const content = position[sort.attribute]?.[sort.codec.attributeType]
  return content !== undefined && inRange(sort.codec.attributeType, content, source.range)
}

/** Whether a key is in a range, in DynamoDB's order. */
export function inRange(type: KeyAttributeType, content: KeyContent, range: KeyRange): boolean {
  const compare = (bound: KeyContent) => compareKeys(type, content, bound)
  switch (range.op) {
    case 'all':
      return true
    case 'none':
      return false
    case '=':
      return compare(range.value) === 0
    case '<':
      return compare(range.value) < 0
    case '<=':
      return compare(range.value) <= 0
    case '>':
      return compare(range.value) > 0
    case '>=':
      return compare(range.value) >= 0
    case 'between':
      return compare(range.lower) >= 0 && compare(range.upper) <= 0
    case 'begins_with': {
      const prefix = Buffer.from(range.value)
      return Buffer.from(content).subarray(0, prefix.length).equals(prefix)
    }
  }
}
