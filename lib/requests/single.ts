// Requests for one item by its key: get, delete and condition check.
import type { ConditionCheck, DeleteItemInput, GetItemInput } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import { suggestion } from '../model/problems.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { isPlainObject } from '../plain-object.ts'
import { wrongType } from '../schema/misfit.ts'
import { compileCondition } from './condition.ts'
import { allOf, type Clause, clause, ExpressionAttributes } from './expression.ts'
import { fitted } from './expression-limit.ts'
import { asFound, type Reading } from './found.ts'
import { primaryKey } from './index-keys.ts'

export interface GetOptions {
  readonly consistent?: boolean
  /** Only these attributes. */
  readonly select?: readonly string[]
}

/** A get by primary key. */
export function getRequest(entity: ResolvedEntity, tableName: string, key: object, options: GetOptions): GetItemInput {
  const attributes = new ExpressionAttributes()
  const projection =
    options.select === undefined
      ? undefined
      : projectionExpression(entity, always(entity), [...entity.keyAttributes, ...withExpiry(entity, options.select)], attributes)
  return fitted({
    TableName: tableName,
    Key: primaryKey(entity, checkedKey(entity, key)),
    ...(options.consistent === true && { ConsistentRead: true }),
    ...(projection !== undefined && { ProjectionExpression: projection, ...attributes.params() }),
  })
}

/** What every read brings, to recognise the item and to check its key. */
function always({ table }: ResolvedEntity): (string | undefined)[] {
  return [table.partitionKey.name, table.sortKey?.name, table.typeAttribute]
}

/** Expiry is checked after reading. */
export function withExpiry({ expiresAt }: ResolvedEntity, select: readonly string[]): readonly string[] {
  return expiresAt === undefined || select.includes(expiresAt) ? select : [...select, expiresAt]
}

export interface DeleteOptions {
  readonly if?: object
  readonly version?: number
}

/** A delete by primary key, which answers the item that was there. What was `found` must be there still. */
export function deleteRequest(
  entity: ResolvedEntity,
  tableName: string,
  key: object,
  options: DeleteOptions,
  found?: Reading,
): DeleteItemInput {
  const attributes = new ExpressionAttributes()
  const condition = allOf([
    options.if === undefined ? undefined : compileCondition(entity, options.if, attributes),
    versionIs(entity, options.version, attributes),
    found && asFound(entity, found, attributes),
  ])
  return fitted({
    TableName: tableName,
    Key: primaryKey(entity, checkedKey(entity, key)),
    ...(condition !== undefined && {
      ConditionExpression: condition.text,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ...attributes.params(),
    }),
    ReturnValues: 'ALL_OLD',
  })
}

/** A check of an item by primary key, for a transaction. */
export function conditionCheckRequest(entity: ResolvedEntity, tableName: string, key: object, condition: object): ConditionCheck {
  const attributes = new ExpressionAttributes()
  const compiled = compileCondition(entity, condition, attributes)
  if (compiled === undefined)
    throw new ValidationError(
      'not-allowed',
      '',
      'A condition check needs a condition that tests something, such as { status: { exists: true } }.',
    )
  return fitted({
    TableName: tableName,
    Key: primaryKey(entity, checkedKey(entity, key)),
    ConditionExpression: compiled.text,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ...attributes.params(),
  })
}

/** The condition that an item still has the version that was read. */
export function versionIs(
  entity: ResolvedEntity,
  version: number | undefined,
  attributes: ExpressionAttributes,
): Clause | undefined {
  if (version === undefined) return undefined
  if (entity.version === undefined)
    throw new ValidationError('not-allowed', 'version', `${entity.name} has no version() attribute to compare.`)
  if (!Number.isSafeInteger(version))
    throw new ValidationError('wrong-type', entity.version, 'expected the version that was read, a whole number.')
  const stored = entity.attributes[entity.version]?.stored ?? entity.version
  return clause(`${attributes.name(stored)} = ${attributes.value({ N: String(version) }, stored)}`)
}

/** A key has the primary key's attributes and nothing else, so that a filter is not mistaken for one. */
export function checkedKey(entity: ResolvedEntity, key: object): Readonly<Record<string, unknown>> {
  if (!isPlainObject(key))
    throw wrongType('', `an object with ${entity.keyAttributes.join(', ')}, the key of ${entity.name}`, key)
  for (const name of Object.keys(key)) {
    if (entity.keyAttributes.includes(name) || key[name] === undefined) continue
    const hint =
      entity.attributes[name] === undefined
        ? suggestion(name, entity.keyAttributes)
        : `The key is made of ${entity.keyAttributes.join(', ')}.`
    throw new ValidationError('unknown-attribute', name, `not part of the primary key of ${entity.name}. ${hint}`)
  }
  return key
}

/** The projection for some stored names and some attributes of an entity. */
export function projectionExpression(
  entity: ResolvedEntity,
  storedNames: readonly (string | undefined)[],
  select: readonly string[],
  attributes: ExpressionAttributes,
): string {
  const stored = new Set(storedNames)
  for (const name of select) {
    const attribute = entity.attributes[name]
    if (attribute === undefined)
      throw new ValidationError(
        'unknown-attribute',
        name,
        `not an attribute of ${entity.name}. ${suggestion(name, Object.keys(entity.attributes))}`,
      )
    stored.add(attribute.stored)
  }
  return [...stored].flatMap((name) => (name === undefined ? [] : attributes.name(name))).join(', ')
}
