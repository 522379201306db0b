// Histories of writes that are data, done at once and under faults: what the oracles of guards and of copies have in common.
import { expect } from 'chai'
import fc from 'fast-check'
import { SingletError, type WriteOperation } from '../../lib/index.ts'
import type { TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'

/** A change of an optional value: to another, none, or that it goes. */
export const change = <V>(value: fc.Arbitrary<V>) => fc.oneof(value, fc.constant(undefined), fc.constant('remove' as const))

/** A write of its own, or several in one transaction. */
export const stepOf = <W>(write: fc.Arbitrary<W>): fc.Arbitrary<W[]> =>
  fc.oneof({ weight: 3, arbitrary: write.map((one) => [one]) }, fc.array(write, { minLength: 2, maxLength: 3 }))

interface Transactions {
  transactWrite(operations: readonly WriteOperation<unknown>[]): PromiseLike<unknown>
}

/** Does the writes of a step. */
export function runStep<S extends Transactions, W>(
  setup: S,
  writes: readonly W[],
  operation: (setup: S, write: W) => WriteOperation<unknown>,
): PromiseLike<unknown> {
  const [only] = writes
  if (writes.length === 1 && only !== undefined) return operation(setup, only)
  return setup.transactWrite(writes.map((write) => operation(setup, write)))
}

/** What an oracle does with a history. */
export interface Oracle<W> {
  readonly engine: () => TestEngine
  /** Makes the table what each history begins with. */
  begin(): Promise<void>
  run(writes: readonly W[]): PromiseLike<unknown>
  check(): Promise<unknown>
}

const histories = <W>(write: fc.Arbitrary<W>) => fc.array(stepOf(write), { minLength: 4, maxLength: 12 })

async function runAtOnce<W>({ run }: Oracle<W>, steps: readonly (readonly W[])[]): Promise<PromiseSettledResult<unknown>[]> {
  return Promise.allSettled(steps.map((writes) => Promise.resolve().then(() => run(writes))))
}

/** The steps of a history at once; what is refused is refused with an error of Singlet's. */
export async function checkConcurrent<W>(oracle: Oracle<W>, write: fc.Arbitrary<W>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(histories(write), async (steps) => {
      await oracle.begin()
      for (const result of await runAtOnce(oracle, steps))
        if (result.status === 'rejected') expect(result.reason).to.be.instanceOf(SingletError)
      await oracle.check()
    }),
    { numRuns: Math.ceil(propertyRuns / 10) },
  )
}

/** The same while transactions conflict and connections drop before and after writes, each of which must happen. */
export async function checkUnderFaults<W>(oracle: Oracle<W>, write: fc.Arbitrary<W>): Promise<void> {
  const operations = ['TransactWriteItems', 'PutItem', 'UpdateItem', 'DeleteItem'] as const
  const inject = (seed: number) => {
    const { faults } = oracle.engine()
    return [
      faults.add({ kind: 'transactionConflict', probability: 0.2, seed }),
      faults.add({ kind: 'disconnect', when: 'before', operations, probability: 0.1, seed: seed + 1 }),
      faults.add({ kind: 'disconnect', when: 'after', operations, probability: 0.1, seed: seed + 2 }),
    ]
  }
  const struck = [0, 0, 0]
  await fc.assert(
    fc.asyncProperty(histories(write), fc.nat(1000), async (steps, seed) => {
      await oracle.begin()
      const faults = inject(seed)
      await runAtOnce(oracle, steps)
      for (const [index, { strikes }] of faults.entries()) struck[index] = (struck[index] ?? 0) + strikes
      oracle.engine().faults.clear()
      await oracle.check()
    }),
    // Few enough to be quick, and enough for every fault to strike.
    { numRuns: Math.max(20, Math.ceil(propertyRuns / 20)) },
  )
  for (const strikes of struck) expect(strikes).to.be.above(0)
}
