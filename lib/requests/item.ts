// A whole item: from the input of create and put to what the table holds.
import type { PutItemInput } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { withDefaults } from '../schema/defaults.ts'
import { itemSizeBytes } from '../schema/item-size.ts'
import { compileCondition } from './condition.ts'
import { allOf, ExpressionAttributes } from './expression.ts'
import { addDerived, type StoredItem } from './index-keys.ts'
import { versionIs } from './single.ts'

/** DynamoDB's limit on an item, names included. */
const maxItemBytes = 400 * 1024

/** The item as the table will hold it: defaults filled in, encoded, with all its keys. Throws a `ValidationError`. */
export function encodeItem(entity: ResolvedEntity, input: object, now: Date, version: number): StoredItem {
  const values = withDefaults(entity.definitions, input as Record<string, unknown>, now)
  for (const name of entity.generated) {
    if (values[name] !== undefined) throw new ValidationError('not-allowed', name, 'is written by Singlet itself. Leave it out.')
    values[name] = name === entity.version ? version : now
  }
  const item = entity.codec.encode(values, '')
  for (const { codec } of entity.natural) if (values[codec.attributes[0] ?? ''] !== undefined) codec.encode(values)
  addDerived(entity, values, item)
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

/** Creates: the item must not exist. */
export function createRequest(
  entity: ResolvedEntity,
  tableName: string,
  input: object,
  options: PutOptions,
  now: Date,
): PutItemInput {
  const attributes = new ExpressionAttributes()
  const absent = `attribute_not_exists(${attributes.name(entity.key.partition.attribute)})`
  return putItem(tableName, encodeItem(entity, input, now, 1), [absent, compiled(entity, options, attributes)], attributes)
}

/**
 * Puts: replaces whatever is there. With `version()`, the input's version must be the one in the table; without a version in the input
 * there must be no item.
 */
export function putRequest(
  entity: ResolvedEntity,
  tableName: string,
  input: object,
  options: PutOptions,
  now: Date,
): PutItemInput {
  const attributes = new ExpressionAttributes()
  if (entity.version === undefined)
    return putItem(tableName, encodeItem(entity, input, now, 1), [compiled(entity, options, attributes)], attributes)
  const { [entity.version]: version, ...others } = input as Record<string, unknown>
  const condition =
    versionIs(entity, version as number | undefined, attributes) ??
    `attribute_not_exists(${attributes.name(entity.key.partition.attribute)})`
  const item = encodeItem(entity, others, now, version === undefined ? 1 : (version as number) + 1)
  return putItem(tableName, item, [condition, compiled(entity, options, attributes)], attributes)
}

function compiled(entity: ResolvedEntity, options: PutOptions, attributes: ExpressionAttributes): string | undefined {
  return options.if === undefined ? undefined : compileCondition(entity, options.if, attributes)
}

function putItem(
  tableName: string,
  item: StoredItem,
  conditions: readonly (string | undefined)[],
  attributes: ExpressionAttributes,
): PutItemInput {
  const condition = allOf(conditions)
  return {
    TableName: tableName,
    Item: item,
    ...(condition !== undefined && { ConditionExpression: condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    ...attributes.params(),
  }
}
