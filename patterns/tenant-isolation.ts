// Puts a tenant in front of every key of entities that know nothing of tenants, such as those of the other patterns.
import {
  type AccessPatterns,
  type AnyEntity,
  type AttributeBuilder,
  type Entities,
  type Entity,
  fromContext,
  type IndexTemplates,
  type Inverted,
} from '../lib/index.ts'
import { keyUnder } from './key-prefix.ts'
import { refusePattern } from './pattern-problem.ts'

export interface TenantIsolationOptions<T extends string, Es extends Entities, Ps extends AccessPatterns> {
  /** The attribute that says whose an item is, as `defineTable({ tenant })` names it: `tenantId`. */
  readonly tenant: T
  /** What every key begins with. Default `TENANT`. */
  readonly prefix?: string
  readonly entities: Es
  readonly accessPatterns?: Ps
}

type TenantAttribute<T extends string> = { readonly [P in T]: AttributeBuilder<string, 'generated' | 'context' | 'hidden'> }

/** The same entities, for each tenant by itself: their items show no tenant, and `connect` demands one. */
export type TenantEntities<T extends string, Es extends Entities> = {
  readonly [N in keyof Es]: Es[N] extends Entity<infer Name, infer A, infer K, infer I>
    ? Entity<Name, TenantAttribute<T> & A, K, I>
    : never
}

/**
 * Tenant isolation: entities and access patterns of one customer become those of many.
 *
 * **Problem.** Customers share a table, and one forgotten tenant shows one customer's data to another.
 *
 * **Layout.** What it was, with the tenant in front.
 *
 * | PK | SK | index PK |
 * | --- | --- | --- |
 * | `TENANT#{tenantId}#SESSION#{userId}` | `SESSION#{sessionId}` | `TENANT#{tenantId}#…` |
 *
 * **Invariant.** The tenant comes from the connection and from no input; every partition key, of the table, of its indexes and of unique values,
 * begins with it. `defineTable({ tenant })` lets `defineModel` check that of the whole model, also of what was not made here.
 *
 * **Mistake.** One index without the tenant; a scan, which leading keys do not confine.
 *
 * In a table with an index on its sort key (an inverted index), `defineModel` refuses the result: the sort keys do not begin with the tenant.
 * Source: the guide to tenants; the SaaS chapters of the developer guide.
 *
 * @example
 * const isolated = tenantIsolation({ tenant: 'tenantId', entities: { ...sessions.entities }, accessPatterns: { ...sessions.accessPatterns } })
 * const model = defineModel({ table: defineTable({ …, tenant: 'tenantId' }), ...isolated })
 * const acme = connect(model, { client, context: { tenantId: 'acme' } })
 * @throws {ModelError} when an entity has an attribute of the tenant's name
 */
export function tenantIsolation<
  const T extends string,
  const Es extends Entities,
  const Ps extends AccessPatterns = Record<never, never>,
>(options: TenantIsolationOptions<T, Es, Ps>): { readonly entities: TenantEntities<T, Es>; readonly accessPatterns: Ps } {
  const { tenant, prefix = 'TENANT', entities, accessPatterns = {} } = options
  const attribute = fromContext().hidden()
  const lead = (template: string) => `${keyUnder(prefix, `#{${tenant}}#`)}${template}`
  const led = (templates: Readonly<Record<string, string>>) => mapped(templates, lead)
  const made = new Map<AnyEntity, AnyEntity>()
  const isolated = (entity: AnyEntity): AnyEntity => {
    const before = made.get(entity)
    if (before !== undefined) return before
    if (Object.hasOwn(entity.attributes, tenant))
      refusePattern(
        'twice',
        `${entity.name}.${tenant}`,
        'it has that attribute already.',
        'Leave it out, or isolate it by itself.',
      )
    const copy: AnyEntity = Object.freeze({
      ...entity,
      attributes: Object.freeze({ [tenant]: attribute, ...entity.attributes }),
      key: Object.freeze({ ...entity.key, pk: lead(entity.key.pk) }),
      indexes: Object.freeze(mapped(entity.indexes, (index) => leadIndex(index, lead))),
      ...(entity.unique !== undefined && { unique: Object.freeze(led(entity.unique)) }),
      ...(entity.source !== undefined && { source: isolated(entity.source) }),
    })
    made.set(entity, copy)
    return copy
  }
  const patterns = mapped(accessPatterns as AccessPatterns, ({ definition }) =>
    Object.freeze({ kind: 'accessPattern', definition: Object.freeze(replaced(definition, isolated)) }),
  )
  // Made of the same names that the types are made of; what patterns are given and answer has no tenant in it.
  return Object.freeze({
    entities: Object.freeze(mapped(entities as Entities, isolated)),
    accessPatterns: Object.freeze(patterns),
  }) as unknown as { readonly entities: TenantEntities<T, Es>; readonly accessPatterns: Ps }
}

function mapped<V, W>(values: Readonly<Record<string, V>>, change: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]))
}

/** A local index has the table's partition key, and an inverted one the table's keys. */
function leadIndex(index: IndexTemplates | Inverted, lead: (template: string) => string): IndexTemplates | Inverted {
  return 'pk' in index && index.pk !== undefined ? Object.freeze({ ...index, pk: lead(index.pk) }) : index
}

/** A pattern's definition with other entities in it. */
function replaced(definition: AccessPatterns[string]['definition'], of: (entity: AnyEntity) => AnyEntity): object {
  if (definition.kind === 'transaction')
    return {
      ...definition,
      entities: Object.freeze(mapped(definition.entities, of)),
      parts: Object.freeze(mapped(definition.parts, (part) => Object.freeze(replaced(part, of)))),
    }
  if (definition.kind !== 'itemCollection') return { ...definition, entity: of(definition.entity) }
  const members = mapped(definition.members, (member) => Object.freeze({ ...member, entity: of(member.entity) }))
  return { ...definition, members: Object.freeze(members) }
}
