// The access pattern `scan`: reads the whole table or index. Explicit, because its cost grows with the table.
import { type AnyAccessPattern, accessPattern, type Rate, type ScanDefinition, type signature } from './access-pattern.ts'
import type { Condition } from './condition.ts'
import type { AnyEntity, Item } from './entity.ts'

/** A scan for one entity's items. Its plan is flagged: every item of the table is read and charged. */
export interface ScanPattern<E extends AnyEntity, R> extends AnyAccessPattern {
  readonly [signature]: { readonly shape: 'page'; readonly input: Record<never, never>; readonly result: R }
  /** Scans an index, which for a sparse index is small. */
  index<X extends keyof E['indexes'] & string>(name: X): ScanPattern<E, R>
  /** Reads that many parts of the table at once, 1 to 1,000,000. */
  segments(count: number): ScanPattern<E, R>
  consistent(): ScanPattern<E, R>
  where(condition: Condition<Item<E>>): ScanPattern<E, R>
  select<const N extends readonly (keyof E['attributes'] & keyof R & string)[]>(...names: N): ScanPattern<E, Pick<R, N[number]>>
  describe(text: string): ScanPattern<E, R>
  rate(rate: Rate): ScanPattern<E, R>
}

/**
 * A scan for one entity's items, in no particular order.
 *
 * @example
 * scan(Order).segments(4).describe('Nightly export')
 */
export function scan<E extends AnyEntity>(entity: E): ScanPattern<E, Item<E>> {
  return scanPattern({ kind: 'scan', entity, segments: 1, consistent: false })
}

function scanPattern<P extends AnyAccessPattern>(definition: ScanDefinition): P {
  const having = (change: Partial<ScanDefinition>) => scanPattern({ ...definition, ...change })
  return accessPattern<P>(definition, {
    // What is forgotten (`undefined`, in JavaScript) must not pass for what was never asked.
    index: (index: string) => having({ index: index ?? 'undefined' }),
    segments: (segments: number) => having({ segments }),
    consistent: () => having({ consistent: true }),
    where: (where: object) => having({ where: where ?? null }),
    select: (...select: string[]) => having({ select }),
    describe: (description: string) => having({ description }),
    rate: (rate: Rate) => having({ rate }),
  })
}
