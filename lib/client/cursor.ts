// Cursors: where a reader stands, as opaque text that is bound to the pattern, its input and the table, and refused anywhere else.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { ReadPlan } from '../design/read-plan.ts'
import { InvalidCursorError } from '../errors.ts'
import { compareKeys } from '../keys/key-order.ts'
import type { KeyAttributeType, KeyContent, KeyRange } from '../keys/key-type.ts'
import type { KeyAttribute } from '../model/table.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import type { ReadSource } from '../requests/read.ts'
import { positionNames } from './reader.ts'
import type { Position } from './source.ts'

/** What a cursor is for. */
export interface CursorScope {
  readonly plan: ReadPlan
  readonly tableName: string
  readonly sources: readonly ReadSource[]
  readonly descending: boolean
  readonly secret: string | undefined
}

const plainMark = 'p'
const sealedMark = 's'
const tagBytes = 16
const ivBytes = 12

/** The cursor for these positions, one per source. */
export function encodeCursor(scope: CursorScope, positions: readonly Position[]): string {
  const payload = Buffer.from(JSON.stringify(positions.map(packPosition)))
  const bound = fingerprint(scope)
  if (scope.secret === undefined) return plainMark + Buffer.concat([checksum(bound, payload), payload]).toString('base64url')
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', keyFrom(scope.secret), iv).setAAD(bound)
  const sealed = Buffer.concat([cipher.update(payload), cipher.final()])
  return sealedMark + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** The positions that a cursor stands for. Throws an `InvalidCursorError` for everything that `encodeCursor` did not make for this scope. */
export function decodeCursor(scope: CursorScope, cursor: unknown): Position[] {
  const refuse = (reason: string) => new InvalidCursorError(scope.plan.name, reason)
  if (typeof cursor !== 'string' || cursor.length < 2) throw refuse('it is not a cursor')
  const bytes = Buffer.from(cursor.slice(1), 'base64url')
  // Buffer skips what is not base64; a cursor has one spelling only.
  if (bytes.toString('base64url') !== cursor.slice(1)) throw refuse('it is not a cursor')
  const mark = scope.secret === undefined ? plainMark : sealedMark
  if (cursor[0] !== mark) throw refuse(scope.secret === undefined ? 'it is not a plain cursor' : 'it is not encrypted')
  const payload = scope.secret === undefined ? openPlain(scope, bytes) : openSealed(scope, bytes, scope.secret)
  if (payload === undefined) throw refuse('it is damaged, or of another pattern, input or table')
  const positions = unpack(payload)
  if (positions === undefined || positions.length !== scope.sources.length) throw refuse('its content is damaged')
  for (const [index, position] of positions.entries()) {
    const source = scope.sources[index]
    if (source === undefined || (typeof position === 'object' && !fits(scope.plan, source, position)))
      throw refuse('it points outside of what is read')
  }
  return positions
}

/** Everything that decides what is read. A cursor of another fingerprint is foreign, or of an older version of the model. */
function fingerprint({ plan, tableName, sources, descending }: CursorScope): Buffer {
  const hash = createHash('sha256').update(JSON.stringify([tableName, plan.name, descending, sources.length]))
  for (const { operation, request, nowPlaceholder } of sources) {
    // What comes back of each item may change from page to page; which items come may not.
    const { ProjectionExpression: _, Select: __, ConsistentRead: ___, ...shape } = request
    const values = Object.entries(request.ExpressionAttributeValues ?? {}).filter(([name]) => name !== nowPlaceholder)
    const lasting = values.map(([name, value]) => [name, packValue(value)])
    hash.update(JSON.stringify([operation, { ...shape, ExpressionAttributeValues: undefined }, lasting]))
  }
  return hash.digest()
}

function checksum(bound: Buffer, payload: Buffer): Buffer {
  return createHash('sha256').update(bound).update(payload).digest().subarray(0, tagBytes)
}

function openPlain(scope: CursorScope, bytes: Buffer): Buffer | undefined {
  if (bytes.length <= tagBytes) return undefined
  const payload = bytes.subarray(tagBytes)
  return timingSafeEqual(bytes.subarray(0, tagBytes), checksum(fingerprint(scope), payload)) ? payload : undefined
}

function openSealed(scope: CursorScope, bytes: Buffer, secret: string): Buffer | undefined {
  if (bytes.length <= ivBytes + tagBytes) return undefined
  const decipher = createDecipheriv('aes-256-gcm', keyFrom(secret), bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
  decipher.setAAD(fingerprint(scope)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
  } catch {
    // The authentication tag does not fit: not made with this secret, or for something else.
    return undefined
  }
}

function keyFrom(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'singlet cursor', 32))
}

type Packed = 0 | 1 | Readonly<Record<string, unknown>>

function packPosition(position: Position): Packed {
  if (position === 'start') return 0
  if (position === 'end') return 1
  return Object.fromEntries(Object.entries(position).map(([name, value]) => [name, packValue(value)]))
}

function packValue(value: AttributeValue): unknown {
  return value.B === undefined ? value : { B: Buffer.from(value.B).toString('base64') }
}

function unpack(payload: Buffer): Position[] | undefined {
  const packed: unknown = parse(payload)
  if (!Array.isArray(packed)) return undefined
  const positions: Position[] = []
  for (const one of packed as unknown[]) {
    if (one === 0) positions.push('start')
    else if (one === 1) positions.push('end')
    else if (typeof one === 'object' && one !== null && !Array.isArray(one)) positions.push(unpackKey(one))
    else return undefined
  }
  return positions
}

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString())
  } catch {
    return undefined
  }
}

function unpackKey(packed: object): StoredItem {
  const key: StoredItem = Object.create(null)
  for (const [name, value] of Object.entries(packed)) {
    const { S, N, B } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>
    if (typeof S === 'string') key[name] = { S }
    else if (typeof N === 'string') key[name] = { N }
    else if (typeof B === 'string') key[name] = { B: Buffer.from(B, 'base64') }
  }
  return { ...key }
}

/** A position lies in the partition and the range that are read, whatever a forger may have written into it. */
function fits(plan: ReadPlan, { partition, range }: ReadSource, position: StoredItem): boolean {
  const names = positionNames(plan)
  if (Object.keys(position).length !== names.length) return false
  const types = keyTypes(plan)
  if (!names.every((name) => contentOf(position, name, types.get(name)) !== undefined)) return false
  if (partition !== undefined) {
    const type = plan.partition.codec.attributeType
    const [found, wanted] = [contentOf(position, partition.attribute, type), partition.value[type]]
    if (found === undefined || wanted === undefined || compareKeys(type, found, wanted) !== 0) return false
  }
  if (plan.sort === undefined || range === undefined) return true
  const type = plan.sort.codec.attributeType
  const sort = contentOf(position, plan.sort.attribute, type)
  return sort !== undefined && inRange(type, sort, range)
}

function keyTypes(plan: ReadPlan): ReadonlyMap<string, KeyAttributeType> {
  const [entity] = plan.wanted.values()
  const keys: (KeyAttribute | undefined)[] = [
    entity?.table.partitionKey,
    entity?.table.sortKey,
    plan.index?.partitionKey,
    plan.index?.sortKey,
  ]
  return new Map(keys.flatMap((key) => (key === undefined ? [] : [[key.name, key.type]])))
}

function contentOf(position: StoredItem, name: string, type: KeyAttributeType | undefined): KeyContent | undefined {
  return type === undefined || !Object.hasOwn(position, name) ? undefined : position[name]?.[type]
}

function inRange(type: KeyAttributeType, content: KeyContent, range: KeyRange): boolean {
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
    case 'begins_with':
      return typeof content === 'string' && typeof range.value === 'string'
        ? content.startsWith(range.value)
        : startsWithBytes(content, range.value)
  }
}

function startsWithBytes(content: KeyContent, prefix: KeyContent): boolean {
  return Buffer.from(content).subarray(0, Buffer.from(prefix).length).equals(Buffer.from(prefix))
}
