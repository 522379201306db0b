// A whole item: from the input of create and put to what the table holds.
import type { PutItemInput } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { isPlainObject } from '../plain-object.ts'
import { withDefaults } from '../schema/defaults.ts'
import { itemSizeBytes, maxItemBytes } from '../schema/item-size.ts'
import { wrongType } from '../schema/misfit.ts'
import { compileCondition } from './condition.ts'
import { allOf, anyOf, type Clause, clause, ExpressionAttributes } from './expression.ts'
import { fitted } from './expression-limit.ts'
import { asFound, type Reading } from './found.ts'
import { addDerived, type StoredItem } from './index-keys.ts'
import { versionIs } from './single.ts'

/** The input with defaults and with what Singlet generates: version and times. Throws for a generated attribute that is given. */
export function completeInput(entity: ResolvedEntity, input: object, now: Date, version: number): Record<string, unknown> {
  if (!isPlainObject(input)) throw wrongType('', `an object with the attributes of ${entity.name}`, input)
  const values = withDefaults(entity.definitions, input, now)
  for (const name of entity.generated) {
    if (values[name] !== undefined) throw new ValidationError('not-allowed', name, 'is written by Singlet itself. Leave it out.')
    values[name] = name === entity.version ? version : now
  }
  return values
}

/** The item as the table will hold it: encoded, with all its keys; random shards are those of `chance`. Throws a `ValidationError`. */
export function encodeItem(entity: ResolvedEntity, values: Readonly<Record<string, unknown>>, chance = 0): StoredItem {
  return withDerived(entity, values, entity.codec.encode(values, ''), chance)
}

/** Writes all keys into an item whose attributes are encoded. Throws a `ValidationError` for a key that is wrong, and an item too large. */
export function withDerived(
  entity: ResolvedEntity,
  values: Readonly<Record<string, unknown>>,
  item: StoredItem,
  chance = 0,
): StoredItem {
  for (const { codec } of entity.natural) if (values[codec.attributes[0] ?? ''] !== undefined) codec.encode(values)
  addDerived(entity, values, item, chance)
  const bytes = itemSizeBytes(item)
  if (bytes > maxItemBytes)
    throw new ValidationError(
      'item-too-large',
      '',
      `The ${entity.name} has ${bytes} bytes; DynamoDB holds items of up to ${maxItemBytes} bytes (400 KB).`,
    )
  return item
}

export interface PutOptions {
  readonly if?: object
}

/** Creates: the item must not exist, or have expired. The values are complete. */
export function createRequest(
  entity: ResolvedEntity,
  tableName: string,
  values: Readonly<Record<string, unknown>>,
  options: PutOptions,
  now: Date,
  chance: number,
): PutItemInput {
  const attributes = new ExpressionAttributes()
  const conditions = [absent(entity, attributes, now), compiled(entity, options, attributes)]
  return putItem(tableName, encodeItem(entity, values, chance), conditions, attributes)
}

/** Puts an item that comes from elsewhere, with attributes that are not the entity's; there must be none, or one that has expired. */
export function putNewRequest(
  entity: ResolvedEntity,
  tableName: string,
  values: Readonly<Record<string, unknown>>,
  foreign: StoredItem,
  now: Date,
  chance: number,
): PutItemInput {
  const attributes = new ExpressionAttributes()
  const item = { ...foreign, ...encodeItem(entity, values, chance) }
  return putItem(tableName, item, [absent(entity, attributes, now)], attributes)
}

/** There is no item, or one that is past its expiry: reads do not see it, and DynamoDB deletes it only some time later. */
function absent(entity: ResolvedEntity, attributes: ExpressionAttributes, now: Date): Clause {
  const none = clause(`attribute_not_exists(${attributes.name(entity.key.partition.attribute)})`)
  if (entity.expiresAt === undefined) return none
  const stored = entity.attributes[entity.expiresAt]?.stored ?? entity.expiresAt
  const seconds = String(Math.floor(now.getTime() / 1000))
  return anyOf([none, clause(`${attributes.name(stored)} <= ${attributes.value({ N: seconds }, 'now')}`)])
}

/**
 * Puts: replaces whatever is there. With `version()`, `read` is the version that the table must have; without it there must be no item.
 * What was `found` must be there still.
 */
export function putRequest(
  entity: ResolvedEntity,
  tableName: string,
  values: Readonly<Record<string, unknown>>,
  options: PutOptions,
  read: number | undefined,
  now: Date,
  chance: number,
  found?: Reading,
): PutItemInput {
  const attributes = new ExpressionAttributes()
  const version =
    entity.version === undefined ? undefined : (versionIs(entity, read, attributes) ?? absent(entity, attributes, now))
  return putItem(
    tableName,
    encodeItem(entity, values, chance),
    [version, compiled(entity, options, attributes), found && asFound(entity, found, attributes)],
    attributes,
  )
}

function compiled(entity: ResolvedEntity, options: PutOptions, attributes: ExpressionAttributes): Clause | undefined {
  return options.if === undefined ? undefined : compileCondition(entity, options.if, attributes)
}

function putItem(
  tableName: string,
  item: StoredItem,
  conditions: readonly (Clause | undefined)[],
  attributes: ExpressionAttributes,
): PutItemInput {
  const condition = allOf(conditions)
  return fitted({
    TableName: tableName,
    Item: item,
    ...(condition !== undefined && { ConditionExpression: condition.text, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    ...attributes.params(),
  })
}
