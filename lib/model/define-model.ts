// defineModel: puts table, entities and access patterns together, checks the whole, and reports every problem at once.
import { ModelError } from '../errors.ts'
import type { AccessPattern } from './access-pattern.ts'
import { checkOverlap } from './check-overlap.ts'
import { checkPattern } from './check-patterns.ts'
import { checkTable } from './check-table.ts'
import type { AnyEntity } from './entity.ts'
import { Problems } from './problems.ts'
import { resolveEntity } from './resolve-entity.ts'
import type { ResolvedEntity, ResolvedModel, ResolvedPattern } from './resolved.ts'
import type { Table } from './table.ts'

export type Entities = { readonly [name: string]: AnyEntity }
export type AccessPatterns = { readonly [name: string]: AccessPattern }

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
  const { table } = input
  checkTable(table, problems)
  const resolved = resolveEntities(input.entities, table, problems)
  const all = Object.values(resolved)
  checkOverlap(all, problems)
  const patterns = resolvePatterns(input.accessPatterns ?? {}, resolved, input.entities, table, problems)
  if (problems.found.length > 0) throw new ModelError(problems.found)
  return Object.freeze({
    table,
    entities: Object.freeze({ ...input.entities }),
    accessPatterns: Object.freeze({ ...input.accessPatterns }) as Ps,
    resolved: Object.freeze({
      table,
      entities: Object.freeze(resolved),
      byType: new Map(all.map((entity) => [entity.name, entity])),
      patterns: Object.freeze(patterns),
    }),
  })
}

function resolveEntities(entities: Entities, table: Table, problems: Problems): Record<string, ResolvedEntity> {
  const resolved: Record<string, ResolvedEntity> = {}
  const names = new Map<string, string>()
  for (const [name, entity] of Object.entries(entities)) {
    const other = names.get(entity.name)
    if (other !== undefined)
      problems.add(
        'twice',
        `entities.${name}`,
        `${other} and ${name} are both named ${entity.name}.`,
        'Give each entity a name of its own.',
      )
    names.set(entity.name, name)
    const result = resolveEntity(entity, table, problems)
    if (result !== undefined) resolved[name] = result
  }
  return resolved
}

function resolvePatterns(
  accessPatterns: AccessPatterns,
  resolved: Readonly<Record<string, ResolvedEntity>>,
  entities: Entities,
  table: Table,
  problems: Problems,
): Record<string, ResolvedPattern> {
  const patterns: Record<string, ResolvedPattern> = {}
  const find = (entity: AnyEntity) => Object.values(resolved).find((one) => one.entity === entity)
  const declared = new Set(Object.values(entities))
  for (const [name, { definition }] of Object.entries(accessPatterns)) {
    checkPattern(name, definition, { table, find, declared, problems })
    patterns[name] = Object.freeze({ name, definition })
  }
  return patterns
}
