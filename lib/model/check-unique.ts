// Refuses guards that reads could meet: in a partition of an entity, in an index made of primary key attributes, or under another's key.
import { keysOverlap } from '../keys/key-algebra.ts'
import { guardType } from './companion-names.ts'
import type { Problems } from './problems.ts'
import type { KeyPart, ResolvedEntity, ResolvedUnique } from './resolved.ts'

/** Reports constraints whose guards can have the key of something else. */
export function checkUnique(entities: readonly ResolvedEntity[], problems: Problems): void {
  for (const { name } of entities)
    if (name === guardType) problems.add('bad-name', name, `${guardType} is the type of guards.`, 'Name the entity otherwise.')
  const all = entities.flatMap((entity) => entity.unique.map((unique) => ({ entity, unique })))
  for (const [position, { entity, unique }] of all.entries()) {
    const place = `${entity.name}.unique.${unique.constraint}`
    const hint = 'Begin the template with a literal of its own.'
    for (const other of entities) {
      const part = partitionsOf(other).find(({ codec }) => keysOverlap(codec, unique.codec))
      if (part !== undefined)
        problems.add(
          'overlapping-keys',
          place,
          `a guard (${text(unique)}) can stand among the items of ${other.name} (${part.codec.template.text}).`,
          hint,
        )
    }
    for (const other of all.slice(0, position)) {
      if (!keysOverlap(unique.codec, other.unique.codec)) continue
      const otherText = `${other.entity.name}.unique.${other.unique.constraint} (${text(other.unique)})`
      problems.add('overlapping-keys', place, `a guard (${text(unique)}) can have the key of one of ${otherText}.`, hint)
    }
  }
}

/** The key attributes that a guard has, where they are a partition key: the table's, and an index's on the table's sort key. */
function partitionsOf({ key, table }: ResolvedEntity): readonly KeyPart[] {
  const { sort } = key
  const inverted = Object.values(table.indexes).some(({ partitionKey }) => partitionKey.name === sort?.attribute)
  return sort !== undefined && inverted ? [key.partition, sort] : [key.partition]
}

function text({ codec }: ResolvedUnique): string {
  return codec.template.text
}
