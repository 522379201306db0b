// The model of the index oracle: everything that makes index maintenance hard, in two entities; and their keys, worked out by hand.
import { crc32 } from 'node:zlib'
import {
  bigint,
  boolean,
  createdAt,
  datetime,
  decimal,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  inverted,
  list,
  map,
  number,
  oneOf,
  string,
  stringSet,
  updatedAt,
  version,
} from '../../lib/index.ts'

export type KeyEncoding = 'escaped' | 'verbatim'

/** When the numbers of shards change: some items are created before, some after. */
const growth = '2026-05-01T00:00:20.000Z'
const grown = (count: number, later: number) => [{ count }, { since: growth, count: later }]

/** `keyEncoding: 'verbatim'` has no descending order for numbers without a range, so its local index has another template. */
export function oracleModel(keyEncoding: KeyEncoding) {
  const table = defineTable({
    name: 'oracle',
    partitionKey: 'PK',
    sortKey: 'SK',
    keyEncoding,
    timeToLive: 'ttl',
    indexes: {
      GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
      GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK', projection: 'KEYS_ONLY' },
      GSI3: { partitionKey: 'GSI3PK', sortKey: 'GSI3SK' },
      Natural: { partitionKey: 'category', sortKey: { name: 'points', type: 'number' } },
      // Shares a key attribute with GSI1.
      GSI5: { partitionKey: 'GSI1PK', sortKey: 'GSI5SK' },
      GSI6: { partitionKey: 'GSI6PK', sortKey: 'GSI6SK' },
      GSI7: { partitionKey: 'GSI7PK', sortKey: 'GSI7SK' },
      Inverted: { partitionKey: 'SK', sortKey: 'PK' },
      Local: { type: 'local', sortKey: 'LSI1SK' },
    },
  })
  const Task = defineEntity('Task', {
    attributes: {
      tenant: string(),
      id: string(),
      status: oneOf('open', 'doing', 'done', 'dropped').default('open'),
      priority: number({ min: 0, max: 99, integer: true }),
      score: number(),
      effort: number({ min: -50, max: 50 }).optional().storedAs('e'),
      dueAt: datetime().optional(),
      assignee: string().optional().storedAs('who'),
      tags: stringSet(),
      notes: list(string()).default([]),
      address: map({ city: string(), zip: string().optional() }).optional(),
      flag: boolean().default(false),
      big: bigint().default(0n),
      category: string().optional(),
      points: number().optional(),
      lane: number({ integer: true }).readOnly().default(7),
      updatedAt: updatedAt(),
      createdAt: createdAt(),
      version: version(),
    },
    key: { pk: 'T#{tenant}', sk: 'TASK#{id}' },
    indexes: {
      GSI1: { pk: 'S#{status}#{priority:desc}', sk: '{dueAt}#{tenant}' },
      GSI2: {
        pk: 'OPEN#{tenant}',
        sk: '{score}#{big}',
        when: { status: ['open', 'doing'], priority: { gte: 10 }, tags: { exists: true } },
      },
      GSI3: { pk: '{flag}#v{version}', sk: '{updatedAt}', shards: { count: 5 } },
      Natural: { pk: '{category}', sk: '{points}' },
      GSI5: { pk: 'S#{status}#{priority:desc}', sk: '{assignee}#{effort}' },
      GSI6: {
        pk: '{shard}#{status}',
        sk: '{score}',
        when: { priority: { gte: 5 } },
        shards: { count: 7, from: 1, by: 'random' },
      },
      GSI7: { pk: 'L#{flag}', sk: '{tenant}', shards: { count: grown(3, 8), by: 'modulo', of: 'lane' } },
      Inverted: inverted(),
      Local: { sk: keyEncoding === 'escaped' ? '{score:desc}' : '{priority:desc}', when: { effort: { exists: false } } },
    },
  })
  const Note = defineEntity('Note', {
    attributes: {
      tenant: string(),
      id: string(),
      kind: string().storedAs('k'),
      category: string().optional(),
      rank: number().optional(),
      text: string().optional(),
      weight: decimal().optional(),
      expires: expiresAt().optional(),
      createdAt: createdAt(),
    },
    key: { pk: 'T#{tenant}', sk: 'NOTE#{id}', shards: { count: 3 } },
    indexes: {
      GSI1: { pk: 'N#{kind}', sk: 'N' },
      // Nothing of this key ever changes: only creating an item writes it.
      GSI2: { pk: 'NOTES', sk: '{id}' },
      GSI3: { pk: '{kind}#{createdAt}', sk: '{weight}', when: { text: { beginsWith: 'a' } } },
      Natural: { pk: '{category}', sk: '{rank}' },
      GSI6: { pk: 'NOTES#{kind}', sk: '{tenant}', shards: { count: 4, of: 'tenant' } },
      GSI7: { pk: '{kind}#S{shard}', sk: '{tenant}', shards: { count: grown(2, 6), from: 3 }, when: { text: { exists: true } } },
      Local: { sk: 'N#{expires}' },
    },
  })
  return defineModel({ table, entities: { Task, Note } })
}

/** The key attributes of the table and its indexes. */
export const keyAttributes = [
  ...['PK', 'SK', 'GSI1PK', 'GSI1SK', 'GSI2PK', 'GSI2SK', 'GSI3PK', 'GSI3SK', 'GSI5SK'],
  ...['GSI6PK', 'GSI6SK', 'GSI7PK', 'GSI7SK'],
  ...['category', 'points', 'LSI1SK'],
] as const

/** An item's attributes, as far as keys are made of them. */
export interface Attributes {
  readonly tenant: string
  readonly id: string
  readonly status: string
  readonly priority: number
  readonly score: number
  readonly effort?: number
  readonly dueAt?: Date
  readonly assignee?: string
  readonly tags: ReadonlySet<string>
  readonly flag: boolean
  readonly big: bigint
  readonly category?: string
  readonly points?: number
  readonly lane: number
  readonly updatedAt: Date
  readonly version: number
  readonly kind: string
  readonly rank?: number
  readonly text?: string
  readonly weight?: string
  readonly expires?: Date
  readonly createdAt: Date
}

type Keys = Partial<Record<(typeof keyAttributes)[number], string | undefined>>

/** The keys of a Task, written down without the library. */
export function taskKeys(item: Attributes, encoding: KeyEncoding): Keys {
  const text = (value: string) => (encoding === 'escaped' ? escaped(value) : value)
  const { status, priority, effort, assignee, dueAt } = item
  const PK = `T#${text(item.tenant)}`
  const SK = `TASK#${text(item.id)}`
  const inGsi1 = dueAt !== undefined
  const inGsi5 = assignee !== undefined && effort !== undefined
  const inGsi2 = (status === 'open' || status === 'doing') && priority >= 10 && item.tags.size > 0
  const reversed = String(99 - priority).padStart(2, '0')
  const shard = crc32(`${PK}\u0000${SK}`) % 5
  return {
    PK,
    SK,
    GSI1PK: inGsi1 || inGsi5 ? `S#${status}#${reversed}` : undefined,
    GSI1SK: inGsi1 ? `${dueAt.toISOString()}#${text(item.tenant)}` : undefined,
    GSI5SK: inGsi5 ? `${text(assignee)}#${padded(effort + 50)}` : undefined,
    GSI2PK: inGsi2 ? `OPEN#${text(item.tenant)}` : undefined,
    GSI2SK: inGsi2 ? `${general(item.score, encoding)}#${general(item.big, encoding)}` : undefined,
    GSI3PK: `${item.flag}#v${String(item.version).padStart(16, '0')}#${shard}`,
    GSI3SK: item.updatedAt.toISOString(),
    GSI6PK: priority >= 5 ? `*#${status}` : undefined,
    GSI6SK: priority >= 5 ? general(item.score, encoding) : undefined,
    GSI7PK: `L#${item.flag}#${modulo(item.lane, item.createdAt < new Date(growth) ? 3 : 8)}`,
    GSI7SK: text(item.tenant),
    category: item.category,
    points: item.points === undefined ? undefined : String(item.points),
    LSI1SK: effort !== undefined ? undefined : encoding === 'escaped' ? general(-item.score, encoding) : reversed,
  }
}

/** The keys of a Note, written down without the library. */
export function noteKeys(item: Attributes, encoding: KeyEncoding): Keys {
  const text = (value: string) => (encoding === 'escaped' ? escaped(value) : value)
  const kind = text(item.kind)
  const inGsi3 = item.weight !== undefined && item.text?.startsWith('a')
  const { category, rank, expires } = item
  const [PK, SK] = [`T#${text(item.tenant)}`, `NOTE#${text(item.id)}`]
  const hash = crc32(`${PK}\u0000${SK}`)
  const inGsi7 = item.text !== undefined
  return {
    PK: `${PK}#${hash % 3}`,
    SK,
    GSI1PK: `N#${kind}`,
    GSI1SK: 'N',
    GSI2PK: 'NOTES',
    GSI2SK: text(item.id),
    GSI3PK: inGsi3 ? `${kind}#${item.createdAt.toISOString()}` : undefined,
    GSI3SK: inGsi3 ? general(Number(item.weight), encoding) : undefined,
    GSI6PK: `NOTES#${kind}#${crc32(text(item.tenant)) % 4}`,
    GSI6SK: text(item.tenant),
    GSI7PK: inGsi7 ? `${kind}#S${3 + (hash % (item.createdAt < new Date(growth) ? 2 : 6))}` : undefined,
    GSI7SK: inGsi7 ? text(item.tenant) : undefined,
    category,
    points: category === undefined || rank === undefined ? undefined : String(rank),
    LSI1SK: expires && `N#${String(expires.getTime() / 1000).padStart(12, '0')}`,
  }
}

function modulo(value: number, count: number): number {
  return ((value % count) + count) % count
}

/** What stands at or below `#`, and `$`, becomes `$` and a character 0x30 higher. */
function escaped(value: string): string {
  return [...value].map((one) => (one <= '$' ? `$${String.fromCharCode(one.charCodeAt(0) + 0x30)}` : one)).join('')
}

/** −50…50 counted from 0 takes three digits before the point. */
function padded(distance: number): string {
  const [whole = '', fraction] = String(distance).split('.')
  return whole.padStart(3, '0') + (fraction === undefined ? '' : `.${fraction}`)
}

/** A number without a declared range: sign, exponent, digits; verbatim, its decimal text. */
function general(value: number | bigint, encoding: KeyEncoding): string {
  if (encoding === 'verbatim') return String(value)
  if (Number(value) === 0) return '0'
  const [mantissa = '', exponent] = Math.abs(Number(value)).toExponential().split('e')
  const digits = mantissa.replace('.', '')
  if (value > 0) return `p${String(Number(exponent) + 130).padStart(3, '0')}${digits}`
  const complement = [...digits].map((digit) => String(9 - Number(digit))).join('')
  return `-${String(125 - Number(exponent)).padStart(3, '0')}${complement}~`
}
