// Refuses a model in which two entities can produce the same primary key: one would overwrite the other.
import { keysOverlap } from '../keys/key-algebra.ts'
import type { Problems } from './problems.ts'
import type { ResolvedEntity } from './resolved.ts'

/** Reports each pair of entities whose primary keys can be equal. */
export function checkOverlap(entities: readonly ResolvedEntity[], problems: Problems): void {
  for (const [position, one] of entities.entries()) {
    for (const other of entities.slice(position + 1)) {
      if (!overlap(one, other)) continue
      problems.add(
        'overlapping-keys',
        `${other.name}.key`,
        `an item of ${other.name} (${keyText(other)}) can have the same primary key as one of ${one.name} (${keyText(one)}).`,
        'Begin one of the templates with a literal of its own.',
      )
    }
  }
}

function overlap(one: ResolvedEntity, other: ResolvedEntity): boolean {
  if (!keysOverlap(one.key.partition.codec, other.key.partition.codec)) return false
  const [sort, otherSort] = [one.key.sort, other.key.sort]
  return sort === undefined || otherSort === undefined || keysOverlap(sort.codec, otherSort.codec)
}

function keyText({ key }: ResolvedEntity): string {
  return [key.partition, key.sort].flatMap((part) => part?.codec.template.text ?? []).join(', ')
}
