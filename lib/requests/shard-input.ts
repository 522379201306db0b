// What the input of a sharded pattern says of shards: which of them to ask, and what to keep of their items.
import type { ReadPlan } from '../design/read-plan.ts'
import { ValidationError } from '../errors.ts'
import { shardNames } from '../model/resolve-key.ts'
import type { KeyPart, ResolvedEntity } from '../model/resolved.ts'
import { isPlainObject, ownValue } from '../plain-object.ts'
import { wrongType } from '../schema/misfit.ts'
import { compileCondition } from './condition.ts'
import type { Clause, ExpressionAttributes } from './expression.ts'
import { shardsFor } from './shard.ts'

/** The shards that can hold what is asked for: all, unless the input tells which. One partition has none. */
export function shardsToAsk(
  { shards, narrowing }: ReadPlan,
  input: Readonly<Record<string, unknown>>,
): readonly (string | undefined)[] {
  if (shards === undefined) return [undefined]
  if (narrowing === undefined) return shardNames(shards)
  const names = [...narrowing.attributes, ...(narrowing.time === undefined ? [] : [narrowing.time])]
  const values = Object.fromEntries(names.map((name) => [name, equalTo(ownValue(input, name))]))
  return narrowing.attributes.some((name) => values[name] === undefined) ? shardNames(shards) : shardsFor(shards, values)
}

/** What a key attribute is to be equal to; undefined when it is given as a range, or not at all. */
function equalTo(condition: unknown): unknown {
  return isPlainObject(condition) ? (Object.keys(condition).length === 1 ? condition.eq : undefined) : condition
}

/** A shard holds the items of several values, of which one was asked for. */
export function shardFilter(
  { narrowing }: ReadPlan,
  entity: ResolvedEntity,
  input: Readonly<Record<string, unknown>>,
  attributes: ExpressionAttributes,
): Clause | undefined {
  const name = narrowing?.filtered
  const value = name === undefined ? undefined : ownValue(input, name)
  if (name === undefined || value === undefined) return undefined
  if (isPlainObject(value)) throw wrongType(name, 'a value, which tells the shard', value)
  return compileCondition(entity, { [name]: value }, attributes)
}

/**
 * The conditions on a sort key that is a sharded partition key of the table, as in an inverted index. The shard is told by the whole
 * primary key; what stands behind it can't be asked for without.
 */
export function withShard(
  { key, keyAttributes }: ResolvedEntity,
  { codec }: KeyPart,
  conditions: Readonly<Record<string, unknown>>,
  input: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const behind = codec.attributes.slice(codec.attributes.indexOf('shard')).find((name) => conditions[name] !== undefined)
  const values = Object.fromEntries(keyAttributes.map((name) => [name, equalTo(ownValue(input, name))]))
  if (key.shards !== undefined && keyAttributes.every((name) => values[name] !== undefined)) {
    const [shard, ...others] = shardsFor(key.shards, values)
    return others.length === 0 ? { ...conditions, shard } : conditions
  }
  if (behind === undefined) return conditions
  const missing = keyAttributes.filter((name) => values[name] === undefined).join(', ')
  throw new ValidationError('bad-range', behind, `stands behind the shard in the key, so ${missing} must be given as well.`)
}
