// Refuses a model in which tenants are not apart: the tenant leads every partition key, of the table and of every index an item is in, with
// one and the same beginning. IAM's `dynamodb:LeadingKeys` can then confine a tenant's credentials to it.
import type { KeyCodec } from '../keys/key-codec.ts'
import type { Problems } from './problems.ts'
import type { ResolvedEntity } from './resolved.ts'
import type { Table } from './table.ts'

/** A key that stands in a partition of the table or of an index, and where it is declared. */
interface Leading {
  readonly place: string
  readonly codec: KeyCodec
  /** How it comes to lead, where that is not plain. */
  readonly because?: string
}

/** Reports what does not belong to one tenant. */
export function checkTenant(entities: readonly ResolvedEntity[], { tenant }: Table, problems: Problems): void {
  if (tenant === undefined) return
  const of = entities.filter((entity) => hasTenant(entity, tenant, problems))
  let first: Leading | undefined
  for (const leading of of.flatMap(leadingKeys)) {
    const { place, codec, because } = leading
    const lead = leadOf(codec, tenant)
    const expected = first && leadOf(first.codec, tenant)
    if (lead === undefined)
      problems.add(
        'tenant-first',
        place,
        `${codec.template.text} does not begin with {${tenant}}${because === undefined ? '' : `, and ${because}`}.`,
        `Begin it with the tenant, after text alone: ${expected?.text ?? `TENANT#{${tenant}}`}.`,
      )
    else if (expected !== undefined && (lead.text !== expected.text || lead.native !== expected.native))
      problems.add(
        'tenant-prefix',
        place,
        `its keys begin with ${lead.text}${lead.native ? ', as it is' : ''}, and those of ${first?.place} with ${expected.text}${expected.native ? ', as it is' : ''}.`,
        'Begin all keys alike: else the keys of two tenants can be the same, and no one policy covers them.',
      )
    else first ??= leading
  }
}

function hasTenant({ name, attributes }: ResolvedEntity, tenant: string, problems: Problems): boolean {
  const type = attributes[tenant]?.definition.type
  if (type === 'fromContext') return true
  const found = type === undefined ? `it has no attribute ${tenant}` : `${tenant} is of type ${type}`
  problems.add(
    'no-tenant',
    `${name}.attributes`,
    `${found}, which says whose its items are.`,
    `Declare ${tenant}: fromContext().`,
  )
  return false
}

/** Every key of an entity under which its items, or the guards of its unique values, lie in a partition. */
function leadingKeys({ name, key, presence, unique, table }: ResolvedEntity): readonly Leading[] {
  const found = new Map<string, Leading>([[key.partition.attribute, { place: `${name}.key.pk`, codec: key.partition.codec }]])
  for (const [index, { partition }] of Object.entries(presence)) {
    const { attribute, codec } = partition
    const isSort = attribute === table.sortKey?.name
    const place = isSort ? `${name}.key.sk` : `${name}.indexes.${index}.pk`
    const because = isSort ? `it is the partition key of ${index}` : undefined
    if (!found.has(attribute)) found.set(attribute, { place, codec, ...(because !== undefined && { because }) })
  }
  const guards = unique.map(({ constraint, codec }) => ({ place: `${name}.unique.${constraint}`, codec }))
  return [...found.values(), ...guards]
}

/** What stands before the tenant and its placeholder; undefined when another one comes first. */
function leadOf(codec: KeyCodec, tenant: string): { readonly text: string; readonly native: boolean } | undefined {
  if (codec.attributes[0] !== tenant) return undefined
  return { text: `${codec.native ? '' : codec.parts[0]?.lead}{${tenant}}`, native: codec.native }
}
