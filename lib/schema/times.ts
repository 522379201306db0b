// Builders of points in time, and of the attributes that Singlet itself writes.
import { type AttributeBuilder, attributeOf } from './modifiers.ts'

/**
 * A point in time: a `Date` in code, fixed-width ISO 8601 UTC text with milliseconds in the table, which sorts as time does (years 0 to 9999).
 *
 * @example datetime().default('now')
 */
export function datetime(): AttributeBuilder<Date> {
  return attributeOf('datetime')
}

/** When the item was created. Written by Singlet. */
export function createdAt(): AttributeBuilder<Date, 'generated'> {
  return attributeOf('createdAt')
}

/** When the item was last written. Written by Singlet. */
export function updatedAt(): AttributeBuilder<Date, 'generated'> {
  return attributeOf('updatedAt')
}

/**
 * When DynamoDB may delete the item (time to live): a `Date` in code, whole epoch seconds in the table; milliseconds are cut off.
 *
 * @example expiresAt().default(() => new Date(Date.now() + 86_400_000))
 */
export function expiresAt(): AttributeBuilder<Date> {
  return attributeOf('expiresAt')
}

/** The number of times the item was written, for optimistic locking. Written by Singlet. */
export function version(): AttributeBuilder<number, 'generated'> {
  return attributeOf('version', { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true })
}
