// The requests of an access pattern for one input: a Query for each partition, or a Scan for each segment.
import type { AttributeValue, QueryInput, ScanInput } from '@aws-sdk/client-dynamodb'
import type { ReadPlan } from '../design/read-plan.ts'
import { ValidationError } from '../errors.ts'
import type { KeyRange } from '../keys/key-type.ts'
import { keyRange } from '../keys/range.ts'
import { suggestion } from '../model/problems.ts'
import { shardNames } from '../model/resolve-key.ts'
import type { KeyPart, ResolvedEntity } from '../model/resolved.ts'
import { compileCondition } from './condition.ts'
import { allOf, ExpressionAttributes } from './expression.ts'
import { storedKey } from './index-keys.ts'
import { projectionExpression } from './single.ts'

export interface ReadOptions {
  readonly consistent?: boolean
  readonly descending?: boolean
  /** A further filter, over the pattern's own. */
  readonly where?: object
  /** Items past their expiry too. */
  readonly includeExpired?: boolean
}

/** One partition, or one segment of a scan, to read from. */
export interface ReadSource {
  readonly operation: 'Query' | 'Scan'
  readonly request: QueryInput & ScanInput
  /** The partition key that all items have; none in a scan. */
  readonly partition?: { readonly attribute: string; readonly value: AttributeValue }
  readonly range?: KeyRange
}

/** All sources to read for an input; none when the input's range is known to be empty. Throws a `ValidationError`. */
export function readSources(plan: ReadPlan, tableName: string, input: object, options: ReadOptions, now: Date): ReadSource[] {
  const entity = [...plan.wanted.values()][0] as ResolvedEntity
  const attributes = new ExpressionAttributes()
  const shared = sharedParams(plan, entity, tableName, options, now, attributes)
  if (plan.definition.kind === 'scan') return scanSegments(plan.definition.segments, { ...shared, ...attributes.params() })
  const values = input as Readonly<Record<string, unknown>>
  const range = sortRange(plan, entity, values)
  if (range.op === 'none') return []
  const shards = plan.shards === undefined ? [undefined] : shardNames(plan.shards)
  const partitionName = attributes.name(plan.partition.attribute)
  const sortCondition = plan.sort === undefined ? undefined : rangeCondition(plan.sort, range, attributes)
  const placeholder = attributes.value({ S: '' }, plan.partition.attribute)
  const { ExpressionAttributeNames, ExpressionAttributeValues } = attributes.params()
  return shards.map((shard) => {
    const content = plan.partition.codec.encode(shard === undefined ? values : { ...values, shard })
    const value = storedKey(plan.partition, content)
    return {
      operation: 'Query',
      partition: { attribute: plan.partition.attribute, value },
      range,
      request: {
        ...shared,
        KeyConditionExpression: allOf([`${partitionName} = ${placeholder}`, sortCondition]),
        ...(options.descending === true && { ScanIndexForward: false }),
        ExpressionAttributeNames,
        ExpressionAttributeValues: { ...ExpressionAttributeValues, [placeholder]: value },
      },
    }
  })
}

function scanSegments(count: number, request: ScanInput): ReadSource[] {
  if (count === 1) return [{ operation: 'Scan', request }]
  return Array.from({ length: count }, (_, segment) => ({
    operation: 'Scan',
    request: { ...request, Segment: segment, TotalSegments: count },
  }))
}

function sharedParams(
  plan: ReadPlan,
  entity: ResolvedEntity,
  tableName: string,
  options: ReadOptions,
  now: Date,
  attributes: ExpressionAttributes,
): ScanInput {
  const { definition, index } = plan
  if (options.consistent === true && index?.type === 'global')
    throw new ValidationError('not-allowed', 'consistent', `${index.name} is a global index, which has no consistent reads.`)
  const filter = allOf([
    plan.separation === 'filter' ? typeCondition(plan, attributes) : undefined,
    plan.filtersExpired && options.includeExpired !== true ? notExpired(entity, now, attributes) : undefined,
    'where' in definition && definition.where !== undefined
      ? filterCondition(plan, entity, definition.where, attributes)
      : undefined,
    options.where === undefined ? undefined : filterCondition(plan, entity, options.where, attributes),
  ])
  const projection = projected(plan, entity, attributes)
  return {
    TableName: tableName,
    ...(index !== undefined && { IndexName: index.name }),
    ...(filter !== undefined && { FilterExpression: filter }),
    ...projection,
    ...(options.consistent === true && { ConsistentRead: true }),
  }
}

function typeCondition({ wanted }: ReadPlan, attributes: ExpressionAttributes): string | undefined {
  const entities = [...wanted.values()]
  const stored = entities[0]?.table.typeAttribute
  if (stored === undefined) return undefined
  const values = entities.map(({ name }) => attributes.value({ S: name }, stored))
  return values.length === 1
    ? `${attributes.name(stored)} = ${values[0]}`
    : `${attributes.name(stored)} IN (${values.join(', ')})`
}

function notExpired({ table }: ResolvedEntity, now: Date, attributes: ExpressionAttributes): string {
  const stored = table.timeToLive ?? ''
  const seconds = String(Math.floor(now.getTime() / 1000))
  const name = attributes.name(stored)
  return `(attribute_not_exists(${name}) OR ${name} > ${attributes.value({ N: seconds }, stored)})`
}

/** DynamoDB allows no filter on the keys of what is read: they belong in the key condition. */
function filterCondition(
  plan: ReadPlan,
  entity: ResolvedEntity,
  where: object,
  attributes: ExpressionAttributes,
): string | undefined {
  const keys = [plan.partition, plan.sort].filter((part) => part?.derived === false)
  for (const name of Object.keys(where))
    if (keys.some((part) => part?.attribute === entity.attributes[name]?.stored))
      throw new ValidationError('not-allowed', name, 'is a key of what is read, which a filter can not test. Give it as input.')
  const condition = compileCondition(entity, where, attributes)
  return condition === undefined ? undefined : `(${condition})`
}

function projected(
  plan: ReadPlan,
  entity: ResolvedEntity,
  attributes: ExpressionAttributes,
): Pick<ScanInput, 'ProjectionExpression' | 'Select'> {
  const { definition, index, partition, sort } = plan
  const keys = [partition.attribute, ...(sort === undefined ? [] : [sort.attribute])]
  if (definition.kind === 'query' && definition.hydrate)
    return { ProjectionExpression: projectionExpression(entity, [], keys, attributes) }
  if ('select' in definition && definition.select !== undefined)
    return { ProjectionExpression: projectionExpression(entity, withExpiry(entity, definition.select), keys, attributes) }
  // Without this, a local index gives only what it projects.
  return index?.type === 'local' && index.projection !== 'ALL' ? { Select: 'ALL_ATTRIBUTES' } : {}
}

/** Expiry is checked once more after reading. */
export function withExpiry({ expiresAt }: ResolvedEntity, select: readonly string[]): readonly string[] {
  return expiresAt === undefined || select.includes(expiresAt) ? select : [...select, expiresAt]
}

/** The sort key's range for an input; what is not part of the key is refused. */
function sortRange(plan: ReadPlan, entity: ResolvedEntity, input: Readonly<Record<string, unknown>>): KeyRange {
  const partition = plan.partition.codec.attributes
  const sort = plan.definition.kind === 'itemCollection' ? [] : (plan.sort?.codec.attributes ?? [])
  for (const name of Object.keys(input)) {
    if (input[name] === undefined || partition.includes(name) || sort.includes(name)) continue
    const names = [...partition, ...sort].filter((one) => one !== 'shard')
    const hint =
      entity.attributes[name] === undefined
        ? suggestion(name, names)
        : `The key is made of ${names.join(', ')}; filter other attributes with where.`
    throw new ValidationError('unknown-attribute', name, `not part of the key that ${plan.name} reads. ${hint}`)
  }
  if (plan.fixedRange !== undefined) return plan.fixedRange
  if (plan.sort === undefined) return { op: 'all' }
  return keyRange(
    plan.sort.codec,
    Object.fromEntries(sort.filter((name) => input[name] !== undefined).map((name) => [name, input[name]])),
  )
}

function rangeCondition(part: KeyPart, range: KeyRange, attributes: ExpressionAttributes): string | undefined {
  if (range.op === 'all' || range.op === 'none') return undefined
  const name = attributes.name(part.attribute)
  const value = (content: string | Uint8Array) => attributes.value(storedKey(part, content), part.attribute)
  if (range.op === 'between') return `${name} BETWEEN ${value(range.lower)} AND ${value(range.upper)}`
  return range.op === 'begins_with' ? `begins_with(${name}, ${value(range.value)})` : `${name} ${range.op} ${value(range.value)}`
}
