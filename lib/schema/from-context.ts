// The builder of attributes whose value no caller gives: it comes from the connection.
import { type AttributeBuilder, attributeOf } from './modifiers.ts'

/**
 * Text that comes from the connection, and from nowhere else: `connect(model, { client, context: { tenantId: 't1' } })`. It is in items as
 * they are read, and in no input: neither of writes nor of access patterns. It is part of the primary key of its entity, so that the items
 * of two contexts are never the same, and each connection reads its own alone. `defineTable({ tenant })` makes it lead every key.
 *
 * @example
 * defineEntity('Order', {
 *   attributes: { tenantId: fromContext(), orderId: ulid(), total: number() },
 *   key: { pk: 'TENANT#{tenantId}#ORDER#{orderId}', sk: 'ORDER' },
 * })
 */
export function fromContext(): AttributeBuilder<string, 'generated' | 'context'> {
  return attributeOf('fromContext', {})
}
