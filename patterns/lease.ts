// Mutual exclusion: one owner at a time holds a named lease, for a time that it must renew.
import {
  add,
  ConditionFailedError,
  datetime,
  defineEntity,
  type EntityOperations,
  type Item,
  number,
  OutcomeUnknownError,
  or,
  remove,
  string,
  ValidationError,
} from '../lib/index.ts'

/**
 * A lease: at most one owner holds it at a time.
 *
 * **Problem.** One worker of many may do a thing: run the nightly job, write to a device.
 *
 * **Layout.** One item for each lease, with owner, end and fencing token; no index.
 *
 * | PK | SK | |
 * | --- | --- | --- |
 * | `LEASE#{lease}` | `LEASE#{lease}` | owner, until, token |
 *
 * **Invariant.** A lease is taken only when there is none, when it has ended, or by its owner; it is renewed and given back only by the owner
 * that still has it. The token counts every taking and never falls, so whatever the lease protects can refuse an owner who has lost it
 * without noticing, by keeping the highest token seen.
 *
 * **Mistake.** TTL as the timeout: DynamoDB deletes hours later. The end is compared when the lease is taken. The item stays when the lease is
 * given back, for with it the token would begin anew.
 *
 * Times are those of the caller's clock: make leases much longer than clocks differ.
 * Source: common practice; the guide's chapter on conditional writes.
 *
 * @example
 * const { Lease } = lease().entities
 * const held = await acquireLease(shop.entities.Lease, { lease: 'nightly', owner: hostname(), milliseconds: 30_000 })
 * if (held !== undefined) await runNightly(held.token)
 */
export function lease() {
  return Object.freeze({ entities: Object.freeze({ Lease: leaseEntity() }) })
}

function leaseEntity() {
  return defineEntity('Lease', {
    description: 'A right that one owner has at a time.',
    attributes: {
      lease: string().describe('What it is for').example('nightly'),
      owner: string().optional().describe('Who has it; absent when it was given back').example('worker-1'),
      until: datetime().describe('When it ends unless it is renewed').example(new Date('2030-03-12T09:31:12Z')),
      token: number({ min: 0, integer: true }).default(0).describe('How often it has been taken').example(7),
    },
    key: { pk: 'LEASE#{lease}', sk: 'LEASE#{lease}' },
  })
}

export type LeaseEntity = ReturnType<typeof leaseEntity>
type Leases = Pick<EntityOperations<LeaseEntity>, 'update'>

export interface LeaseRequest {
  readonly lease: string
  readonly owner: string
  /** For how long, from now. */
  readonly milliseconds: number
  /** The caller's clock. Default: the system's. */
  readonly now?: () => Date
}

/** A lease that is held. */
export interface HeldLease {
  readonly lease: string
  readonly owner: string
  readonly until: Date
  /** Higher than that of every owner before. */
  readonly token: number
}

/**
 * Takes a lease; undefined while another owner has it. An owner that has it takes it anew, with a higher token.
 * @throws ValidationError when it is for no time, or without an owner
 */
export async function acquireLease(leases: Leases, request: LeaseRequest): Promise<HeldLease | undefined> {
  const { lease, owner } = request
  for (const [path, value] of Object.entries({ lease, owner }))
    if (typeof value !== 'string' || value === '')
      throw new ValidationError('wrong-type', path, `is text that is not empty, not ${value === '' ? "''" : typeof value}.`)
  const { now, until } = timesOf(request)
  const free = or({ owner: { exists: false } }, { owner }, { until: { lte: now } })
  const changes = { owner, until, token: add(1) }
  for (let tries = 1; ; tries++) {
    try {
      const taken = await unlessRefused(
        () => leases.update({ lease }, changes, { upsert: true, if: free }),
        () => false,
      )
      return taken && { lease, owner, until, token: taken.token }
    } catch (error) {
      // Whether it has the lease or not, it may take it anew.
      if (!(error instanceof OutcomeUnknownError) || tries === maxTries) throw error
    }
  }
}

const maxTries = 3

/** Makes a lease longer, from now on; undefined when another has taken it since. */
export async function renewLease(
  leases: Leases,
  { lease, owner, token }: HeldLease,
  options: Pick<LeaseRequest, 'milliseconds' | 'now'>,
): Promise<HeldLease | undefined> {
  const { until } = timesOf(options)
  const renewed = await unlessRefused(
    () => leases.update({ lease }, { until }, { if: { owner, token } }),
    (there) => there.owner === owner && there.token === token && Number(there.until) === until.getTime(),
  )
  return renewed && { lease, owner, until, token }
}

/** Gives a lease back. False when it is not the owner's any more, which leaves it alone. */
export async function releaseLease(leases: Leases, { lease, owner, token }: HeldLease): Promise<boolean> {
  const released = await unlessRefused(
    () => leases.update({ lease }, { owner: remove(), until: new Date(0) }, { if: { owner, token } }),
    (there) => there.owner === undefined && there.token === token,
  )
  return released !== undefined
}

function timesOf({ milliseconds, now = () => new Date() }: Pick<LeaseRequest, 'milliseconds' | 'now'>): {
  now: Date
  until: Date
} {
  if (!(milliseconds > 0 && Number.isFinite(milliseconds)))
    throw new ValidationError(
      'out-of-range',
      'milliseconds',
      `is a finite number above 0, not ${milliseconds}: the lease would have ended already, or never end.`,
    )
  const present = now()
  return { now: present, until: new Date(present.getTime() + milliseconds) }
}

/**
 * What a write gives, or undefined when its condition did not hold. One whose answer was lost was done when the lease is as it makes it, and when
 * another has it by now it is as if refused.
 */
async function unlessRefused(
  write: () => PromiseLike<Item<LeaseEntity>>,
  isDone: (there: Item<LeaseEntity>) => boolean,
): Promise<Item<LeaseEntity> | undefined> {
  try {
    return await write()
  } catch (error) {
    if (error instanceof ConditionFailedError) return undefined
    if (!(error instanceof OutcomeUnknownError) || error.item === undefined) throw error
    const there = error.item as Item<LeaseEntity>
    return isDone(there) ? there : undefined
  }
}
