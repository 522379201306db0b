// The operations of a transaction that creates and deletes children, with what each of them counts for.
import { type AnyEntity, and, type EntityWrites, ValidationError, type WriteOperation } from '../lib/index.ts'
import { isPlannedWrite } from '../lib/model/planned-write.ts'
import type { AttributeDefinition } from '../lib/schema/attribute.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { nothingCounted } from './empty-counts.ts'
import { keyNames } from './key-names.ts'
import { type CountedChange, countedNames, parentUpdates, type ReadCounter } from './parent-updates.ts'

type Values = Readonly<Record<string, unknown>>

/** What is counted, and what more must hold of a child that is deleted. */
export interface Counting {
  readonly child: AnyEntity
  readonly counters: readonly ReadCounter[]
  readonly deleteIf: object | undefined
}

/** What the deletion of a child must know besides its key. */
export function knownNames({ child, counters }: Counting): string[] {
  const key = keyNames(child)
  return countedNames(counters).filter((name) => !key.includes(name))
}

/**
 * The operations, and the changes of the parents. A child that is created counts; one that is deleted, on condition that it is there and
 * counted for what is known, no longer does; one that is replaced must be there and count for the same as before.
 *
 * @param known what a deleted child has in its counted attributes; undefined where none is told
 * @throws {ValidationError} for operations on children of which that cannot be told
 */
export function countedOperations(
  counting: Counting,
  operations: readonly unknown[],
  writes: Readonly<Record<string, EntityWrites<AnyEntity> | undefined>>,
  known: Values | undefined,
): WriteOperation<unknown>[] {
  const { child, counters, deleteIf } = counting
  const changes: CountedChange[] = []
  const others = knownNames(counting)
  const children = writes.child
  const own = operations.map((operation) => {
    if (!isPlannedWrite(operation) || operation.entity.name !== child.name || children === undefined) return operation
    const [values, options = {}] = operation.arguments as [Values, { readonly if?: object }?]
    switch (operation.kind) {
      case 'create':
        changes.push({ values: given(counting, values), sign: 1 })
        return operation
      case 'put':
        return children.put(values, { ...options, if: all(counts(counting, given(counting, values)), options.if) })
      case 'delete': {
        if (others.length > 0 && (known === undefined || changes.some(({ sign }) => sign === -1)))
          refuse(child, `deletes one whose ${others.join(', ')} nothing tells. Delete one at a time, with deletion.`)
        const deleted = { ...known, ...values }
        changes.push({ values: deleted, sign: -1 })
        const empty = nothingCounted(child.attributes)
        return children.delete(values, { ...options, if: all(counts(counting, deleted), options.if, deleteIf, ...empty) })
      }
      case 'update':
        if ((operation.arguments[2] as { readonly upsert?: boolean } | undefined)?.upsert === true)
          refuse(child, 'upserts one, which may create it. Create it.')
        if (countedNames(counters).some((name) => Object.hasOwn(operation.arguments[1] as object, name)))
          refuse(child, 'changes what one counts for. Delete it and create another.')
        return operation
      case 'move':
        return refuse(child, 'moves one. Delete it and create another.')
      default:
        return operation
    }
  })
  return [...(own as WriteOperation<unknown>[]), ...parentUpdates(counters, changes, writes)]
}

/** The condition that a child is there and counts for this. */
function counts(counting: Counting, values: Values) {
  const names = [...keyNames(counting.child), ...knownNames(counting)]
  return Object.fromEntries(names.map((name) => [name, values[name] ?? { exists: false }]))
}

/** The values of a child as they are written. A default would stand in for what is absent, and not be counted. */
function given({ child, counters }: Counting, values: Values): Values {
  const definitions: Readonly<Record<string, AttributeDefinition>> = attributeDefinitions(child.attributes)
  for (const name of countedNames(counters))
    if (values[name] === undefined && definitions[name]?.default !== undefined)
      throw new ValidationError('missing', name, `is counted: who creates a ${child.name} gives it, also where it has a default.`)
  return values
}

const all = (...conditions: readonly (object | undefined)[]) => and(...conditions.filter((one) => one !== undefined))

function refuse(child: AnyEntity, message: string): never {
  throw new ValidationError('not-allowed', '', `A transaction of counted ${child.name} items ${message}`)
}
