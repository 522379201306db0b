// The time in identifiers that devices make: lists are in their order, and so it must be the time that is said beside them.
import { decodeTime } from 'ulid'

/** Ten minutes: a device makes both at once, or leaves the time to the server and its clock. */
const toleranceMilliseconds = 10 * 60_000

/**
 * Whether an identifier holds a time, within ten minutes. One from the end of times would stand before all others for as long as
 * they are there.
 *
 * That the time itself is right is the application's to check, by its own clock, before it gives both: a transaction's checks see
 * no clock.
 */
export function isOfTime(ulid: string, at: Readonly<Date>): boolean {
  return Math.abs(decodeTime(ulid) - at.getTime()) <= toleranceMilliseconds
}
