// What can be wrong with attributes that come from the connection: an item, or the answer of a pattern, that is not of one context alone.
import { isPlainObject } from '../plain-object.ts'
import type { PatternDefinition } from './access-pattern.ts'
import { bucketOf } from './check-buckets.ts'
import type { PatternContext } from './check-patterns.ts'
import type { AnyEntity } from './entity.ts'
import type { Problems } from './problems.ts'
import type { ResolvedEntity, ResolvedKey } from './resolved.ts'

const acrossHint = 'Who reads across all of them has a model of their own, where it is a string().'

/** Reports attributes from the connection that do not tell apart the items of two connections. */
export function checkContext(entities: readonly ResolvedEntity[], problems: Problems): void {
  for (const { name, context, keyAttributes } of entities)
    for (const attribute of context)
      if (!keyAttributes.includes(attribute))
        problems.add(
          'context-not-in-key',
          `${name}.attributes.${attribute}`,
          'it comes from the connection and is no part of the primary key, so two connections would write the same items.',
          `Name {${attribute}} in the key, or make it a string() that is given.`,
        )
}

/** Reports a pattern that would answer with items of other connections. */
export function checkConfined(name: string, definition: PatternDefinition, { find, problems }: PatternContext): void {
  const place = `accessPatterns.${name}`
  if (definition.kind === 'get') return
  for (const entity of entitiesOf(definition)) {
    const resolved = find(entity)
    // What the pattern reads and does not exist has been reported.
    const key = definition.index === undefined ? resolved?.key : resolved?.indexes[definition.index]
    if (resolved === undefined || key === undefined || resolved.context.length === 0) continue
    const names = resolved.context.filter((one) => !confines(one, key, resolved.context, definition.kind))
    if (names.length === 0) continue
    const shown = names.map((one) => `{${one}}`).join(', ')
    if (definition.kind === 'scan')
      problems.add('scan-across', place, `a scan reads the items of every ${shown}.`, `Query a partition. ${acrossHint}`)
    else
      problems.add(
        'not-confined',
        place,
        `it reads the items of every ${shown}, which ${key.partition.codec.template.text} does not name.`,
        `Name it in the partition's template. ${acrossHint}`,
      )
  }
}

/** Any of them may be something else, which has been reported too. */
function entitiesOf(definition: Exclude<PatternDefinition, { kind: 'get' }>): readonly AnyEntity[] {
  if (definition.kind !== 'itemCollection') return [definition.entity]
  return Object.values(definition.members).flatMap((member) => (isPlainObject(member) ? [member.entity] : []))
}

/** Whether all that is read has one value of the attribute: the partition names it, or what every range of the sort key begins with. */
function confines(
  name: string,
  { partition, sort }: ResolvedKey,
  context: readonly string[],
  kind: PatternDefinition['kind'],
): boolean {
  if (kind === 'scan') return false
  const inPartition = partition.codec.attributes
  if (inPartition.includes(name)) return true
  if (kind !== 'query' || sort === undefined) return false
  // A bucket is given as a range of its time, which the sort key has in whole.
  const bucket = bucketOf(partition)?.attribute
  const told = [...context, ...inPartition.filter((one) => one !== bucket)]
  const given = sort.codec.attributes.findIndex((one) => !told.includes(one))
  return sort.codec.attributes.slice(0, given < 0 ? undefined : given).includes(name)
}
