// The engine's clock: TTL and the idempotency window are measured on it, so that tests need not wait.

/** A clock that tests control. It follows the system's clock until it is set. */
export interface EngineClock {
  /** The time now, in milliseconds since the epoch. */
  now(): number
  /** Stops the clock at a moment: a Date, or milliseconds since the epoch. */
  set(moment: Date | number): void
  /** Moves the clock by some milliseconds. A stopped clock stays stopped, a running one runs on. */
  advance(milliseconds: number): void
  /** Follows the system's clock again. */
  reset(): void
}

/** Makes a clock, stopped at `start` when one is given. */
export function createClock(start?: Date | number): EngineClock {
  let stoppedAt = start === undefined ? undefined : moment(start)
  let offset = 0
  return Object.freeze({
    now: () => stoppedAt ?? Date.now() + offset,
    set(to: Date | number) {
      stoppedAt = moment(to)
    },
    advance(milliseconds: number) {
      if (!Number.isFinite(milliseconds)) throw new RangeError(`A clock advances by milliseconds, not by ${milliseconds}.`)
      if (stoppedAt === undefined) offset += milliseconds
      else stoppedAt += milliseconds
    },
    reset() {
      stoppedAt = undefined
      offset = 0
    },
  })
}

function moment(value: Date | number): number {
  const milliseconds = Number(value)
  if (!Number.isFinite(milliseconds)) throw new RangeError('A clock is set to a valid Date or to milliseconds since the epoch.')
  return milliseconds
}
