// Refuses copies of what the model does not have, and entities with so many that a write of an item could not be one transaction.
import { isPlainObject } from '../plain-object.ts'
import type { AnyEntity } from './entity.ts'
import type { Problems } from './problems.ts'

/** DynamoDB's limit on the actions of a transaction. */
const maxActions = 100

/** Reports what is wrong with copies apart from their keys, which are checked as those of all entities are. */
export function checkCopies(entities: readonly AnyEntity[], problems: Problems): void {
  for (const copy of entities) if (copy.source !== undefined) checkCopy(copy, copy.source, entities, problems)
  for (const entity of entities) {
    const copies = entities.filter(({ source }) => source === entity).length
    const guards = Object.keys(entity.unique ?? {}).length
    // A move deletes one item and puts another, and each guard and copy may have to be deleted and put too.
    const actions = 2 * (1 + copies + guards)
    if (actions > maxActions)
      problems.add(
        'too-many-copies',
        entity.name,
        `a write of it can need ${actions} actions, and a transaction has up to ${maxActions}.`,
        `It has ${copies} copies and ${guards} unique constraints; leave some out.`,
      )
  }
}

function checkCopy({ name, indexes }: AnyEntity, source: AnyEntity, entities: readonly AnyEntity[], problems: Problems): void {
  if (!entities.includes(source))
    problems.add(
      'unknown-entity',
      name,
      `it is a copy of ${source.name}, which is not an entity of the model.`,
      'Add it to entities.',
    )
  for (const [index, input] of Object.entries(indexes))
    if (isPlainObject(input) && isPlainObject(input.shards) && input.shards.by === 'random')
      problems.add(
        'bad-shards',
        `${name}.indexes.${index}.shards`,
        'a copy is made anew with each change, and a random shard is not told by what it is made of.',
        "Use by: 'hash', which spreads copies as well.",
      )
}
