// defineModel: puts table, entities and access patterns together, checks the whole, and reports every problem at once.
import { ModelError } from '../errors.ts'
import { setOwn } from '../plain-object.ts'
import type { ContextNames, PlainAttributes } from '../schema/infer.ts'
import { type AnyAccessPattern, isAccessPattern } from './access-pattern.ts'
import { checkConfined, checkContext } from './check-context.ts'
import { checkCopies } from './check-copies.ts'
import { checkOverlap } from './check-overlap.ts'
import { checkPattern } from './check-patterns.ts'
import { checkTable, isDelimiter } from './check-table.ts'
import { checkTenant } from './check-tenant.ts'
import { checkUnique } from './check-unique.ts'
import { type AnyEntity, isEntity } from './entity.ts'
import { objectOf, optionsOf, shown } from './options.ts'
import { Problems } from './problems.ts'
import { resolveEntity } from './resolve-entity.ts'
import { resolveTransaction } from './resolve-transaction.ts'
import type { ResolvedEntity, ResolvedModel, ResolvedPattern, ResolvedTransaction } from './resolved.ts'
import { isTable, type Table } from './table.ts'

export type Entities = { readonly [name: string]: AnyEntity }
/** What a connection is told: a text for each attribute that its entities have `fromContext()`. `never` when they have none. */
export type ContextOf<Es extends Entities> = string extends keyof Es
  ? Readonly<Record<string, string>>
  : Es extends PlainEntities
    ? never
    : { readonly [N in ContextNames<Es[keyof Es]['attributes']> & string]: string }
/** Entities that take nothing from the connection. */
export type PlainEntities = { readonly [name: string]: { readonly attributes: PlainAttributes } }

export type AccessPatterns = { readonly [name: string]: AnyAccessPattern }

export interface ModelInput<Es, Ps> {
  readonly table: Table
  readonly entities: Es
  readonly accessPatterns?: Ps
}

/** A model: checked, frozen, and free of clients. */
export interface Model<out Es = Entities, out Ps = AccessPatterns> {
  readonly table: Table
  readonly entities: Es
  readonly accessPatterns: Ps
  /** The entities placed in the table, for the layers above. */
  readonly resolved: ResolvedModel
}

/**
 * Puts a model together. Throws a `ModelError` that lists everything that is wrong: misspelt placeholders, unknown indexes, entities
 * whose primary keys can collide, patterns that return what their index does not hold, and so on.
 *
 * @example
 * const shop = defineModel({
 *   table,
 *   entities: { Customer, Order },
 *   accessPatterns: { ordersOfCustomer: query(Order).descending() },
 * })
 */
export function defineModel<const Es extends Entities, const Ps extends AccessPatterns = Record<never, never>>(
  input: ModelInput<Es, Ps>,
): Model<Es, Ps> {
  const problems = new Problems()
  const { table: given, entities, accessPatterns } = readInput(input, problems)
  checkTable(given, problems)
  const table = withSoundDelimiter(given)
  const resolved = resolveEntities(entities, table, problems)
  const all = Object.values(resolved)
  checkOverlap(all, problems)
  checkUnique(all, problems)
  checkCopies(Object.values(entities), problems)
  checkContext(all, problems)
  checkTenant(all, table, problems)
  const { patterns, transactions } = resolvePatterns(accessPatterns, resolved, entities, table, problems)
  checkReservedWrites(all, Object.values(transactions), problems)
  if (problems.found.length > 0) throw new ModelError(Object.freeze(problems.found))
  return Object.freeze({
    table,
    entities: Object.freeze({ ...entities }) as Es,
    accessPatterns: Object.freeze({ ...accessPatterns }) as Ps,
    resolved: Object.freeze({
      table,
      entities: Object.freeze(resolved),
      byType: new Map(all.map((entity) => [entity.name, entity])),
      patterns: Object.freeze(patterns),
      transactions: Object.freeze(transactions),
    }),
  })
}

interface Parts {
  readonly table: Table
  readonly entities: Entities
  readonly accessPatterns: AccessPatterns
}

/** The parts of a model, without those that are none. Without a table nothing else can be checked. */
function readInput(input: unknown, problems: Problems): Parts {
  const options = optionsOf(input, ['table', 'entities', 'accessPatterns'], 'model', problems) ?? {}
  const entities = partsOf(options.entities, 'entities', isEntity, 'defineEntity()', problems)
  const { accessPatterns: patterns = {} } = options
  const makers = 'get(), query(), itemCollection(), scan() or transaction()'
  const accessPatterns = partsOf(patterns, 'accessPatterns', isAccessPattern, makers, problems)
  if (!isTable(options.table)) {
    problems.add('not-a-table', 'table', `${shown(options.table)} is no table.`, 'Make it with defineTable().')
    throw new ModelError(Object.freeze(problems.found))
  }
  return { table: options.table, entities, accessPatterns }
}

/** A table on which templates can be checked although its delimiter is wrong, which has been reported. */
function withSoundDelimiter(table: Table): Table {
  if (isDelimiter(table.delimiter)) return table.delimiter === '#' ? table : { ...table, keyEncoding: 'verbatim' }
  return { ...table, delimiter: '#' }
}

/** Those of the given parts that are what they should be. */
function partsOf<P>(
  input: unknown,
  place: string,
  isPart: (value: unknown) => value is P,
  maker: string,
  problems: Problems,
): Readonly<Record<string, P>> {
  const parts: Record<string, P> = {}
  for (const [name, part] of Object.entries(objectOf(input, place, '{ name: … }', problems) ?? {})) {
    if (name === '') problems.add('bad-name', place, 'every part of a model needs a name.', 'Name it.')
    if (isPart(part)) setOwn(parts, name, part)
    else problems.add('wrong-part', `${place}.${name}`, `${shown(part)} does not belong here.`, `Make it with ${maker}.`)
  }
  return parts
}

function resolveEntities(entities: Entities, table: Table, problems: Problems): Record<string, ResolvedEntity> {
  const names = new Map<string, string>()
  for (const [name, entity] of Object.entries(entities)) {
    problems.addAll(entity.faults ?? [])
    const other = names.get(entity.name)
    if (other !== undefined)
      problems.add(
        'twice',
        `entities.${name}`,
        `${other} and ${name} are both named ${entity.name}.`,
        'Give each entity a name of its own.',
      )
    names.set(entity.name, name)
  }
  // Copies first: their source is resolved with them.
  const copies = new Map<AnyEntity, ResolvedEntity>()
  for (const entity of Object.values(entities)) {
    const copy = entity.source === undefined ? undefined : resolveEntity(entity, table, problems)
    if (copy !== undefined) copies.set(entity, copy)
  }
  // Without a prototype, as all records by name: an entity or a pattern may be named `constructor`.
  const resolved: Record<string, ResolvedEntity> = Object.create(null)
  for (const [name, entity] of Object.entries(entities)) {
    const own = [...copies.values()].filter((copy) => copy.entity.source === entity)
    const result = entity.source === undefined ? resolveEntity(entity, table, problems, own) : copies.get(entity)
    if (result !== undefined) resolved[name] = result
  }
  return resolved
}

/** What only transactions may write, some transaction must. One with problems of its own is not among them. */
function checkReservedWrites(
  entities: readonly ResolvedEntity[],
  transactions: readonly ResolvedTransaction[],
  problems: Problems,
): void {
  if (problems.found.length > 0) return
  const written = new Set(transactions.flatMap((transaction) => transaction.written))
  for (const entity of entities)
    if (isReserved(entity) && !written.has(entity))
      problems.add(
        'never-written',
        `${entity.name}.onlyInTransactions`,
        'no transaction pattern of the model writes it.',
        'Add one with transaction(), or leave onlyInTransactions out.',
      )
}

function isReserved({ entity, attributes }: ResolvedEntity): boolean {
  // A copy is written with its source, whoever writes that.
  if (entity.source !== undefined) return false
  if (entity.onlyInTransactions !== undefined) return true
  return Object.values(attributes).some(({ definition }) => definition.onlyInTransactions === true)
}

function resolvePatterns(
  accessPatterns: AccessPatterns,
  resolved: Readonly<Record<string, ResolvedEntity>>,
  entities: Entities,
  table: Table,
  problems: Problems,
): { patterns: Record<string, ResolvedPattern>; transactions: Record<string, ResolvedTransaction> } {
  const transactions: Record<string, ResolvedTransaction> = Object.create(null)
  const patterns: Record<string, ResolvedPattern> = Object.create(null)
  const find = (entity: AnyEntity) => Object.values(resolved).find((one) => one.entity === entity)
  const context = { table, find, declared: new Set(Object.values(entities)), problems }
  for (const [name, { definition }] of Object.entries(accessPatterns)) {
    if (definition.kind === 'transaction') {
      const transaction = resolveTransaction(name, definition, context)
      if (transaction !== undefined) transactions[name] = transaction
    } else {
      checkPattern(name, definition, context)
      checkConfined(name, definition, context)
      patterns[name] = Object.freeze({ name, definition })
    }
  }
  return { patterns, transactions }
}
