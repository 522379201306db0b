// What can be wrong with an access pattern: its entity, its index, what it selects, and what the index holds.
import type {
  GetDefinition,
  ItemCollectionDefinition,
  PatternDefinition,
  QueryDefinition,
  ScanDefinition,
} from './access-pattern.ts'
import { conditionNames } from './condition.ts'
import type { AnyEntity } from './entity.ts'
import { type Problems, suggestion } from './problems.ts'
import { projectionOf } from './projection.ts'
import type { ResolvedEntity, ResolvedKey } from './resolved.ts'
import type { Table } from './table.ts'

interface Context {
  readonly table: Table
  readonly find: (entity: AnyEntity) => ResolvedEntity | undefined
  readonly declared: ReadonlySet<AnyEntity>
  readonly problems: Problems
}

/** DynamoDB's limit on TotalSegments. */
const maxSegments = 1_000_000

/** Reports what is wrong with a pattern. */
export function checkPattern(name: string, definition: PatternDefinition, context: Context): void {
  const place = `accessPatterns.${name}`
  if (definition.kind === 'itemCollection') checkItemCollection(place, definition, context)
  else checkSingleEntity(place, definition, context)
}

function checkSingleEntity(place: string, definition: GetDefinition | QueryDefinition | ScanDefinition, context: Context): void {
  const entity = findEntity(definition.entity, place, context)
  if (entity === undefined) return
  checkNames(place, definition, entity, context)
  if (definition.kind === 'get') return
  if (definition.index === undefined) return
  if (!checkIndex(place, definition.index, entity, context)) return
  checkConsistency(place, definition.index, definition.consistent, context)
  checkProjection(place, definition, entity, context)
  if (definition.kind === 'scan') checkSegments(place, definition, context)
}

/** Undefined also for an entity with problems of its own, which are reported with it. */
function findEntity(entity: AnyEntity, place: string, { find, declared, problems }: Context): ResolvedEntity | undefined {
  if (!declared.has(entity))
    problems.add('unknown-entity', place, `${entity.name} is not an entity of the model.`, 'Add it to entities.')
  return find(entity)
}

function checkNames(
  place: string,
  definition: GetDefinition | QueryDefinition | ScanDefinition,
  entity: ResolvedEntity,
  { problems }: Context,
): void {
  const attributes = Object.keys(entity.attributes)
  const check = (name: string, part: string) => {
    if (!attributes.includes(name))
      problems.add(
        'unknown-attribute',
        `${place}.${part}`,
        `${name} is not an attribute of ${entity.name}.`,
        suggestion(name, attributes),
      )
  }
  for (const name of definition.select ?? []) check(name, 'select')
  if (definition.kind !== 'get' && definition.where !== undefined)
    for (const name of conditionNames(definition.where)) check(name, 'where')
}

function checkIndex(place: string, name: string, entity: ResolvedEntity, { table, problems }: Context): boolean {
  if (!Object.hasOwn(table.indexes, name)) {
    problems.add('unknown-index', place, `the table has no index ${name}.`, suggestion(name, Object.keys(table.indexes)))
    return false
  }
  if (entity.indexes[name] !== undefined) return true
  // A declared index that is wrong has been reported already.
  if (!Object.hasOwn(entity.entity.indexes, name))
    problems.add(
      'not-in-index',
      place,
      `${entity.name} does not declare index ${name}.`,
      `Add ${name} to the indexes of ${entity.name}.`,
    )
  return false
}

function checkConsistency(place: string, name: string, consistent: boolean, { table, problems }: Context): void {
  if (consistent && table.indexes[name]?.type === 'global')
    problems.add(
      'consistent-global-index',
      place,
      'a global index has no consistent reads.',
      'Leave .consistent() out, or read the table.',
    )
}

function checkProjection(
  place: string,
  definition: QueryDefinition | ScanDefinition,
  entity: ResolvedEntity,
  { table, problems }: Context,
): void {
  const index = definition.index === undefined ? undefined : table.indexes[definition.index]
  const projection = projectionOf(entity, index)
  if (index === undefined || projection.complete) return
  const unfiltered = conditionNames(definition.where ?? {}).filter((name) => !projection.stored.includes(name))
  if (unfiltered.length > 0 && index.type === 'global')
    problems.add(
      'not-projected',
      `${place}.where`,
      `${index.name} does not hold ${unfiltered.join(', ')}.`,
      'Add it to the projection.',
    )
  // DynamoDB itself fetches what a local index lacks.
  if (index.type === 'local' || (definition.kind === 'query' && definition.hydrate)) return
  const lacking = (definition.select ?? entity.visible).filter((name) => !projection.readable.includes(name))
  if (lacking.length > 0)
    problems.add(
      'not-projected',
      place,
      `returns ${lacking.join(', ')}, which ${index.name} does not hold.`,
      definition.kind === 'query'
        ? `Add .hydrate() to fetch the items whole, or .select(${projection.readable.map((name) => `'${name}'`).join(', ')}).`
        : `Add .select(${projection.readable.map((name) => `'${name}'`).join(', ')}).`,
    )
}

function checkSegments(place: string, { segments }: ScanDefinition, { problems }: Context): void {
  if (!Number.isInteger(segments) || segments < 1 || segments > maxSegments)
    problems.add('bad-segments', place, `${segments} segments can't be.`, `Use a whole number from 1 to ${maxSegments}.`)
}

function checkItemCollection(place: string, definition: ItemCollectionDefinition, context: Context): void {
  const { problems } = context
  const members = Object.entries(definition.members)
  if (members.length === 0) problems.add('empty-collection', place, 'a collection needs at least one member.')
  if (definition.index !== undefined) checkConsistency(place, definition.index, definition.consistent, context)
  let first: { name: string; template: string } | undefined
  const seen = new Set<ResolvedEntity>()
  for (const [name, member] of members) {
    const at = `${place}.${name}`
    const entity = findEntity(member.entity, at, context)
    if (entity === undefined) continue
    if (seen.has(entity)) problems.add('twice', at, `${entity.name} is in the collection twice.`, 'Keep one.')
    seen.add(entity)
    if (definition.index !== undefined && !checkIndex(at, definition.index, entity, context)) continue
    const key = collectionKey(entity, definition.index)
    const template = key?.partition.codec.template.text
    if (template === undefined) continue
    if (first === undefined) first = { name, template }
    else if (first.template !== template)
      problems.add(
        'not-one-partition',
        at,
        `its partition is ${template}, but that of ${first.name} is ${first.template}.`,
        'Members of an item collection share one partition template.',
      )
    checkCollectionProjection(at, definition.index, entity, context)
  }
}

function checkCollectionProjection(
  place: string,
  name: string | undefined,
  entity: ResolvedEntity,
  { table, problems }: Context,
): void {
  const index = name === undefined ? undefined : table.indexes[name]
  if (index?.type !== 'global') return
  const { readable } = projectionOf(entity, index)
  const lacking = entity.visible.filter((attribute) => !readable.includes(attribute))
  if (lacking.length > 0)
    problems.add(
      'not-projected',
      place,
      `returns ${lacking.join(', ')}, which ${index.name} does not hold.`,
      'Project all attributes, or read the table.',
    )
}

function collectionKey(entity: ResolvedEntity, index: string | undefined): ResolvedKey | undefined {
  return index === undefined ? entity.key : entity.indexes[index]
}
