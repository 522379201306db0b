// What of the definitions of a counter, its children and its parents would let counts go wrong.
import { type AnyEntity, type AttributeDefinition, ModelError, type Problem, type WriteKind } from '../lib/index.ts'
import type { AnyTransaction } from '../lib/model/transaction.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import type { Counting } from './counted-operations.ts'
import { isTransformed } from './create-input.ts'
import { holdsSums, sumHint, sumsOf } from './exact-sums.ts'
import { keyNames } from './key-names.ts'

/** For `onlyInTransactions`: of an entity whose items are counted, and of one whose items have counts. */
export const counted = Object.freeze({
  child: Object.freeze(['create', 'put', 'delete', 'move'] as const),
  parent: Object.freeze(['put', 'delete', 'move'] as const),
})

/** @throws {ModelError} when the definitions leave a way around the counters */
export function checkCounters(
  { child, counters }: Counting,
  creation: AnyTransaction | undefined,
  deletion: AnyTransaction | undefined,
): void {
  const problems: Problem[] = []
  const report = (place: string, message: string, hint: string) => problems.push({ code: 'bad-counter', place, message, hint })
  const reserve = (entity: AnyEntity, kinds: readonly WriteKind[], hint: string) => {
    if (!kinds.every((kind) => entity.onlyInTransactions?.includes(kind)))
      report(`${entity.name}.onlyInTransactions`, 'other writes could change what is counted.', hint)
    if (Object.values(attributeDefinitions(entity.attributes)).some(({ type }) => type === 'expiresAt'))
      report(entity.name, 'what expires is deleted without being counted.', 'Leave expiresAt() out.')
  }
  reserve(child, counted.child, 'Set it to counted.child.')
  if (child.writtenBy !== undefined && (creation === undefined || deletion === undefined))
    report(child.name, `${child.writtenBy} writes it, uncounted.`, 'Give the transactions that do as creation and deletion.')
  for (const [option, given] of Object.entries({ creation, deletion }))
    if (given !== undefined && !writesEntity(given.definition, child))
      report(child.name, `its ${option} does not write it.`, 'Give a transaction() that does.')
  const definitions = attributeDefinitions(child.attributes)
  if (counters.length === 0) report(child.name, 'it is counted nowhere.', 'Give a counter: { parent: Album, count: "photos" }.')
  for (const { parent, key, count, sum } of counters) {
    reserve(parent, counted.parent, 'Set it to counted.parent.')
    const numbers = [...(count === undefined ? [] : [count]), ...Object.keys(sum)]
    if (numbers.length === 0) report(parent.name, 'nothing is counted on it.', 'Give count or sum.')
    const owned = attributeDefinitions(parent.attributes)
    for (const name of numbers) {
      const own: Partial<AttributeDefinition> = owned[name] ?? {}
      const place = `${parent.name}.attributes.${name}`
      if ((own.type !== 'number' && own.type !== 'decimal') || own.onlyInTransactions !== true)
        report(place, 'it is no number that only transactions write.', 'Declare it as counter().')
      else if (!holdsSums(own)) report(place, 'a number does not hold sums of fractions exactly.', 'Declare it as counter().')
      const from = sum[name]
      const part = from === undefined ? undefined : definitions[from]
      if (part !== undefined && holdsSums(own) && !sumsOf(part, own))
        report(`${child.name}.attributes.${from}`, `${parent.name}.${name} does not hold its sums exactly.`, sumHint)
    }
    for (const name of keyNames(parent))
      if (key[name] === undefined)
        report(child.name, `it does not say which ${parent.name} it is of.`, `Give key: { ${name}: '…' }.`)
    for (const name of [...Object.values(key), ...Object.values(sum)]) {
      const definition = definitions[name]
      const place = `${child.name}.attributes.${name}`
      if (definition === undefined) report(place, 'there is no such attribute.', 'Declare it, or map it with key.')
      else if (isTransformed(definition))
        report(
          place,
          'its schema may write another value than the one that was counted.',
          'Declare its type, and the schema in check().',
        )
      else if (!keyNames(child).includes(name) && !definition.readOnly && !child.onlyInTransactions?.includes('update'))
        report(place, 'an update could change what is counted.', 'Declare it as readOnly().')
    }
  }
  if (problems.length > 0) throw new ModelError(Object.freeze(problems))
}

/** Whether a transaction, or a part of it, has the entity among those it writes. */
function writesEntity(definition: AnyTransaction['definition'], entity: AnyEntity): boolean {
  if (definition.kind !== 'transaction') return false
  const { entities, parts } = definition
  return Object.values(entities).includes(entity) || Object.values(parts).some((part) => writesEntity(part, entity))
}
