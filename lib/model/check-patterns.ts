// What can be wrong with an access pattern: its entity, its index, what it selects, and what the index holds.
import { isDeepStrictEqual } from 'node:util'
import { isPlainObject } from '../plain-object.ts'
import type {
  Described,
  GetDefinition,
  ItemCollectionDefinition,
  PatternDefinition,
  QueryDefinition,
  ScanDefinition,
} from './access-pattern.ts'
import { checkCondition, excludedBy } from './check-condition.ts'
import { conditionNames } from './condition.ts'
import { type AnyEntity, isEntity } from './entity.ts'
import { optionsOf, shown, textOf } from './options.ts'
import { type Problems, suggestion } from './problems.ts'
import { projectionOf } from './projection.ts'
import { sameShards } from './resolve-shards.ts'
import type { ResolvedAttribute, ResolvedEntity, ResolvedKey } from './resolved.ts'
import type { Table } from './table.ts'

/** What patterns are checked against. */
export interface PatternContext {
  readonly table: Table
  readonly find: (entity: AnyEntity) => ResolvedEntity | undefined
  readonly declared: ReadonlySet<AnyEntity>
  readonly problems: Problems
}

/** DynamoDB's limit on TotalSegments. */
const maxSegments = 1_000_000

/** Reports what is wrong with a pattern. */
export function checkPattern(name: string, definition: PatternDefinition, context: PatternContext): void {
  const place = `accessPatterns.${name}`
  checkDescribed(place, definition, context.problems)
  if (definition.kind === 'itemCollection') checkItemCollection(place, definition, context)
  else checkSingleEntity(place, definition, context)
}

/** Reports what is wrong with what a pattern of any kind says of itself. */
export function checkDescribed(place: string, { description, rate }: Described, problems: Problems): void {
  textOf(description, `${place}.describe`, problems)
  if (rate !== undefined) checkRate(`${place}.rate`, rate, problems)
}

function checkRate(place: string, rate: unknown, problems: Problems): void {
  const options = optionsOf(rate, ['perSecond'], place, problems)
  if (options === undefined) return
  const { perSecond } = options
  if (typeof perSecond !== 'number' || !Number.isFinite(perSecond) || perSecond <= 0)
    problems.add('bad-rate', place, `${shown(perSecond)} times a second can't be.`, 'Use a number above 0, such as 0.5 or 50.')
}

function checkSingleEntity(
  place: string,
  definition: GetDefinition | QueryDefinition | ScanDefinition,
  context: PatternContext,
): void {
  const entity = findEntity(definition.entity, place, context)
  if (entity === undefined) return
  checkSelect(place, definition, entity, context)
  if (definition.kind === 'get') return
  if (definition.where !== undefined) checkCondition(definition.where, entity, `${place}.where`, context.problems)
  if (definition.kind === 'scan') checkSegments(place, definition, context)
  if (definition.index !== undefined) {
    if (!checkIndex(place, definition.index, entity, context)) return
    checkConsistency(place, definition.index, definition.consistent, context)
    checkProjection(place, definition, entity, context)
  }
  if (isPlainObject(definition.where)) checkWhere(place, { ...definition, where: definition.where }, entity, context)
}

/** The entity in its model. Undefined also for an entity with problems of its own, which are reported with it. */
export function findEntity(
  entity: unknown,
  place: string,
  { find, declared, problems }: PatternContext,
): ResolvedEntity | undefined {
  if (!isEntity(entity)) {
    problems.add('not-an-entity', place, `${shown(entity)} is no entity.`, 'Make it with defineEntity().')
    return undefined
  }
  if (!declared.has(entity))
    problems.add('unknown-entity', place, `${entity.name} is not an entity of the model.`, 'Add it to entities.')
  return find(entity)
}

function checkSelect(
  place: string,
  { select }: GetDefinition | QueryDefinition | ScanDefinition,
  entity: ResolvedEntity,
  { problems }: PatternContext,
): void {
  if (select === undefined) return
  const report = (code: string, message: string, hint: string) => problems.add(code, `${place}.select`, message, hint)
  if (select.length === 0) report('empty-select', 'it selects nothing.', 'Name attributes, or leave it out.')
  for (const [position, name] of select.entries()) {
    if (typeof name !== 'string') report('not-text', `${shown(name)} is no name.`, ".select('a', 'b') takes each name by itself.")
    else if (entity.attributes[name] === undefined)
      report('unknown-attribute', `${name} is not an attribute of ${entity.name}.`, suggestion(name, entity.visible))
    else if (!entity.visible.includes(name))
      report('hidden-attribute', `${name} is hidden.`, 'Leave it out, or name it in the select of a get of the entity.')
    else if (select.indexOf(name) < position) report('twice', `${name} is selected twice.`, 'Keep one.')
  }
}

/** DynamoDB refuses filters on the keys that a query reads by; and some conditions can't hold for anything in the index. */
function checkWhere(
  place: string,
  definition: (QueryDefinition | ScanDefinition) & { readonly where: object },
  entity: ResolvedEntity,
  { problems }: PatternContext,
): void {
  const { kind, where } = definition
  const index = definition.index === undefined ? undefined : entity.indexes[definition.index]
  const { partition, sort } = index ?? entity.key
  const keys = [partition.attribute, sort?.attribute]
  const asked = conditionNames(where).filter((name) => keys.includes(entity.attributes[name]?.stored))
  if (kind === 'query' && asked.length > 0)
    problems.add(
      'key-in-filter',
      `${place}.where`,
      `${asked.join(', ')} is the key that the query reads by, which DynamoDB does not filter on.`,
      'Give it as input instead.',
    )
  if (index?.when === undefined) return
  const excluded = excludedBy(index.when, where, entity.attributes)
  if (excluded.length > 0)
    problems.add(
      'never-holds',
      `${place}.where`,
      `${index.index.name} only holds items where ${index.when.text}.`,
      `Read the table or another index, or change the condition on ${excluded.join(', ')}.`,
    )
}

function checkIndex(place: string, name: unknown, entity: ResolvedEntity, { table, problems }: PatternContext): name is string {
  if (typeof name !== 'string') {
    problems.add('not-text', place, `${shown(name)} is not the name of an index.`, "Name it: .index('GSI1').")
    return false
  }
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

function checkConsistency(place: string, name: string, consistent: boolean, { table, problems }: PatternContext): void {
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
  { table, problems }: PatternContext,
): void {
  const index = definition.index === undefined ? undefined : table.indexes[definition.index]
  const projection = projectionOf(entity, index)
  if (index === undefined || projection.complete) return
  // Names that are no attributes have been reported.
  const asked = isPlainObject(definition.where) ? conditionNames(definition.where) : []
  const unfiltered = asked.filter((name) => entity.attributes[name] !== undefined && !projection.stored.includes(name))
  if (unfiltered.length > 0 && index.type === 'global')
    problems.add(
      'not-projected',
      `${place}.where`,
      `${index.name} does not hold ${unfiltered.join(', ')}.`,
      'Add it to the projection.',
    )
  // DynamoDB itself fetches what a local index lacks.
  if (index.type === 'local' || (definition.kind === 'query' && definition.hydrate)) return
  const selected = definition.select?.filter((name) => entity.visible.includes(name))
  const lacking = (selected ?? entity.visible).filter((name) => !projection.readable.includes(name))
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

function checkSegments(place: string, { segments }: ScanDefinition, { problems }: PatternContext): void {
  if (!Number.isInteger(segments) || segments < 1 || segments > maxSegments)
    problems.add('bad-segments', place, `${shown(segments)} segments can't be.`, `Use a whole number from 1 to ${maxSegments}.`)
}

function checkItemCollection(place: string, definition: ItemCollectionDefinition, context: PatternContext): void {
  const { problems } = context
  const members = Object.entries(definition.members)
  if (members.length === 0)
    problems.add(
      'empty-collection',
      place,
      'a collection needs at least one member.',
      'Give it { name: one(Entity), others: many(Other) }.',
    )
  if (definition.index !== undefined) checkConsistency(place, definition.index, definition.consistent, context)
  let first: { name: string; entity: ResolvedEntity; key: ResolvedKey } | undefined
  const seen = new Set<ResolvedEntity>()
  for (const [name, member] of members) {
    const at = `${place}.${name}`
    if (!isPlainObject(member) || (member.cardinality !== 'one' && member.cardinality !== 'many')) {
      problems.add('not-a-member', at, `${shown(member)} is no member.`, 'Give one(Entity) or many(Entity).')
      continue
    }
    const entity = findEntity(member.entity, at, context)
    if (entity === undefined) continue
    if (seen.has(entity)) problems.add('twice', at, `${entity.name} is in the collection twice.`, 'Keep one.')
    seen.add(entity)
    if (definition.index !== undefined && !checkIndex(at, definition.index, entity, context)) continue
    const key = collectionKey(entity, definition.index)
    if (key === undefined) continue
    if (first === undefined) first = { name, entity, key }
    else checkOnePartition(at, first, entity, key, context)
    checkCollectionProjection(at, definition.index, entity, context)
  }
}

/** Members lie in one partition when their templates, the types of the values in them and their shards are the same. */
function checkOnePartition(
  place: string,
  first: { readonly name: string; readonly entity: ResolvedEntity; readonly key: ResolvedKey },
  entity: ResolvedEntity,
  key: ResolvedKey,
  { problems }: PatternContext,
): void {
  const hint = 'Members of an item collection share one partition template, with the same types in it and the same shards.'
  const report = (message: string) => problems.add('not-one-partition', place, message, hint)
  const [template, other] = [key, first.key].map(({ partition }) => partition.codec.template.text)
  if (template !== other) report(`its partition is ${template}, but that of ${first.name} is ${other}.`)
  else if (!sameShards(key.shards, first.key.shards)) report(`its shards are not those of ${first.name}.`)
  else
    for (const name of [...key.partition.attributes, ...(key.shards?.of === undefined ? [] : [key.shards.of])])
      if (!sameKeyType(entity.attributes[name], first.entity.attributes[name]))
        report(`{${name}} is of another type than in ${first.name}, and so is written differently.`)
}

function sameKeyType(a: ResolvedAttribute | undefined, b: ResolvedAttribute | undefined): boolean {
  const [left, right] = [a?.keyType, b?.keyType]
  // Which texts there are does not change how a text is written.
  if (left?.kind === 'text' && right?.kind === 'text') return true
  return isDeepStrictEqual(left, right)
}

function checkCollectionProjection(
  place: string,
  name: string | undefined,
  entity: ResolvedEntity,
  { table, problems }: PatternContext,
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
