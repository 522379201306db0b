// The partition keys of one tenant as patterns for IAM, so that credentials are confined as connections are.
import { ValidationError } from '../errors.ts'
import type { AccessPatterns, ContextOf, Entities, Model } from '../model/define-model.ts'
import { checkedContext } from '../requests/context.ts'

/**
 * The values of `dynamodb:LeadingKeys` that cover every item of a tenant, in the table and in its indexes, and none of another. For a
 * `ForAllValues:StringLike` condition in a policy of version 2012-10-17; what IAM would take for a wildcard in a tenant's name is escaped.
 * Leave `dynamodb:Scan` out of such a policy, and demand `Null: { 'dynamodb:LeadingKeys': 'false' }`: a scan has no leading keys, and what
 * is absent passes `ForAllValues`.
 *
 * @throws {ValidationError} when the table has no tenant, or the context is none
 * @example leadingKeys(platform, { tenantId: 't1' }) // ['TENANT#t1', 'TENANT#t1#*']
 */
export function leadingKeys<Es extends Entities>(model: Model<Es, AccessPatterns>, context: ContextOf<Es>): readonly string[] {
  const { resolved, table } = model
  const values = checkedContext(resolved, context)
  const [first] = Object.values(resolved.entities)
  if (table.tenant === undefined || first === undefined)
    throw new ValidationError('not-allowed', 'table.tenant', 'the table has no tenant. Name it: defineTable({ …, tenant }).')
  // All keys begin alike, which defineModel has checked.
  const { codec } = first.key.partition
  const [part] = codec.native ? [{ lead: '', attribute: table.tenant, value: codec.value }] : codec.parts
  if (part === undefined) throw new TypeError(`${codec.template.text} has no tenant.`)
  const whole = literal(part.lead + part.value.encode(values[table.tenant], table.tenant))
  return Object.freeze([whole, `${whole}${literal(table.delimiter)}*`])
}

/** Text that stands for itself in a policy. */
function literal(text: string): string {
  return text.replace(/[*?$]/g, (character) => `\${${character}}`)
}
