// Types of attributes, checked by the compiler alone: what items and inputs look like, and which uses are refused.
import { z } from 'zod'
import type { Attribute } from '../../lib/schema/attribute.ts'
import { binarySet, list, map, record, stringSet, union } from '../../lib/schema/collections.ts'
import { ulid } from '../../lib/schema/identifiers.ts'
import type { CreateInputOf, ItemOf, UpdatableOf } from '../../lib/schema/infer.ts'
import { any, bigint, decimal, json, literal, number, oneOf, string } from '../../lib/schema/scalars.ts'
import { createdAt, datetime, expiresAt, version } from '../../lib/schema/times.ts'

type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false
function holds<_T extends true>(): void {}

const attributes = {
  userId: string(),
  orderId: ulid(),
  customerId: ulid({ generate: false }),
  status: oneOf('pending', 'paid').default('pending'),
  size: oneOf(1, 2),
  total: number({ min: 0 }).readOnly(),
  placedAt: datetime().default('now'),
  expires: expiresAt().optional(),
  note: string().optional().describe('a note').example('hello'),
  secret: string().hidden(),
  hint: string().optional().hidden(),
  tags: stringSet(),
  lines: list(map({ sku: string(), quantity: number().default(1) })),
  scores: record(bigint()),
  price: decimal(),
  payment: union(map({ kind: literal('card'), last4: string() }), map({ kind: literal('cash') })),
  settings: json<{ theme: string }>(),
  anything: any(),
  email: z.string(),
  nickname: z.string().optional(),
  level: z.number().default(1),
  version: version(),
  createdAt: createdAt().hidden(),
}

holds<
  Equal<
    ItemOf<typeof attributes>,
    {
      userId: string
      orderId: string
      customerId: string
      status: 'pending' | 'paid'
      size: 1 | 2
      total: number
      placedAt: Date
      tags: Set<string>
      lines: { sku: string; quantity: number }[]
      scores: Record<string, bigint>
      price: string
      payment: { kind: 'card'; last4: string } | { kind: 'cash' }
      settings: { theme: string }
      anything: unknown
      email: string
      level: number
      version: number
      expires?: Date
      note?: string
      nickname?: string | undefined
    }
  >
>()

holds<
  Equal<
    CreateInputOf<typeof attributes>,
    {
      userId: string
      customerId: string
      size: 1 | 2
      total: number
      secret: string
      tags: ReadonlySet<string>
      lines: readonly { sku: string; quantity?: number }[]
      scores: Readonly<Record<string, bigint>>
      price: string
      payment: { kind: 'card'; last4: string } | { kind: 'cash' }
      settings: { theme: string }
      anything: unknown
      email: string
      orderId?: string
      status?: 'pending' | 'paid'
      placedAt?: Date
      expires?: Date
      note?: string
      hint?: string
      nickname?: string | undefined
      level?: number | undefined
    }
  >
>()

holds<Equal<Exclude<keyof typeof attributes, UpdatableOf<typeof attributes>>, 'total' | 'version' | 'createdAt'>>()

// Attributes that are declared readonly make items that are not.
const fixed = { a: string(), b: number().optional() } as const
holds<Equal<ItemOf<typeof fixed>, { a: string; b?: number }>>()

// An item can be given back as an input, and any attribute is an Attribute.
declare const item: ItemOf<typeof attributes>
const { version: _version, ...rest } = item
export const again: CreateInputOf<typeof attributes> = { ...rest, secret: '' }
export const widest: readonly Attribute[] = [string(), ulid().optional(), version(), binarySet(), map({ a: string() })]
export const wider: Attribute<string | number> = string()

// Nested flags do not leak: an optional attribute of a map is optional in the map only.
holds<Equal<ItemOf<{ a: ReturnType<typeof nested> }>, { a: { b?: string } }>>()
function nested() {
  return map({ b: string().optional() })
}

// @ts-expect-error a default is of the attribute's type
string().default(1)
// @ts-expect-error 'now' is for dates
number().default('now')
// @ts-expect-error one of the values
oneOf('a', 'b').default('c')
// @ts-expect-error a function default too
oneOf('a', 'b').default(() => 'c')
// @ts-expect-error an example is of the attribute's type
datetime().example('2024-01-01')
// @ts-expect-error checks get the value's type
string().check((value: number) => value > 0)
// @ts-expect-error an element is an attribute
list('string')
// @ts-expect-error attributes are not strings
map({ a: 'string' })
// @ts-expect-error a bound of a bigint is a bigint
bigint({ min: 1 })
// @ts-expect-error a number is not a string attribute
export const wrong: Attribute<string> = number()
// @ts-expect-error one kind of values
oneOf('a', 1)
