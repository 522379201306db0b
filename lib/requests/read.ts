// The requests of an access pattern for one input: a Query for each partition, or a Scan for each segment.
import type { AttributeValue, QueryInput, ScanInput } from '@aws-sdk/client-dynamodb'
import type { ReadPlan } from '../design/read-plan.ts'
import { ValidationError } from '../errors.ts'
import type { KeyRange } from '../keys/key-type.ts'
import { keyRange } from '../keys/range.ts'
import { suggestion } from '../model/problems.ts'
import { projectionOf } from '../model/projection.ts'
import { shardNames } from '../model/resolve-key.ts'
import type { KeyPart, ResolvedEntity } from '../model/resolved.ts'
import { compileCondition } from './condition.ts'
import { allOf, anyOf, type Clause, clause, ExpressionAttributes } from './expression.ts'
import { storedKey } from './index-keys.ts'
import { projectionExpression, withExpiry } from './single.ts'

export interface ReadOptions {
  readonly consistent?: boolean
  readonly descending?: boolean
  /** A further filter, over the pattern's own. */
  readonly where?: object
  /** Items past their expiry too. */
  readonly includeExpired?: boolean
}

/** What the placeholder of the present time is called. It is the first to be made, so it has no number. */
const nowName = 'now'

/** One partition, or one segment of a scan, to read from. */
export interface ReadSource {
  readonly operation: 'Query' | 'Scan'
  readonly request: QueryInput & ScanInput
  /** The partition key that all items have; none in a scan. */
  readonly partition?: { readonly attribute: string; readonly value: AttributeValue }
  readonly range?: KeyRange
  /** The placeholder of the present time, which alone changes between two calls for the same input. */
  readonly nowPlaceholder?: string
}

/** All sources to read for an input; none when the input's range is known to be empty. Throws a `ValidationError`. */
export function readSources(plan: ReadPlan, tableName: string, input: object, options: ReadOptions, now: Date): ReadSource[] {
  const entity = [...plan.wanted.values()][0] as ResolvedEntity
  const attributes = new ExpressionAttributes()
  const shared = sharedParams(plan, entity, tableName, options, now, attributes)
  const varying = plan.filtersExpired && options.includeExpired !== true ? { nowPlaceholder: `:${nowName}` } : {}
  if (plan.definition.kind === 'scan')
    return scanSegments(plan.definition.segments, { ...shared, ...attributes.params() }, varying)
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
      ...varying,
      request: {
        ...shared,
        KeyConditionExpression: `${partitionName} = ${placeholder}${sortCondition === undefined ? '' : ` AND ${sortCondition}`}`,
        ...(options.descending === true && { ScanIndexForward: false }),
        ExpressionAttributeNames,
        ExpressionAttributeValues: { ...ExpressionAttributeValues, [placeholder]: value },
      },
    }
  })
}

function scanSegments(count: number, request: ScanInput, varying: Pick<ReadSource, 'nowPlaceholder'>): ReadSource[] {
  if (count === 1) return [{ operation: 'Scan', request, ...varying }]
  return Array.from({ length: count }, (_, segment) => ({
    operation: 'Scan',
    request: { ...request, Segment: segment, TotalSegments: count },
    ...varying,
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
    plan.filtersExpired && options.includeExpired !== true ? notExpired(entity, now, attributes) : undefined,
    plan.separation === 'filter' ? typeCondition(plan, attributes) : undefined,
    'where' in definition && definition.where !== undefined
      ? filterCondition(plan, entity, definition.where, attributes)
      : undefined,
    options.where === undefined ? undefined : filterCondition(plan, entity, options.where, attributes),
  ])
  const projection = projected(plan, entity, attributes)
  return {
    TableName: tableName,
    ...(index !== undefined && { IndexName: index.name }),
    ...(filter !== undefined && { FilterExpression: filter.text }),
    ...projection,
    ...(options.consistent === true && { ConsistentRead: true }),
  }
}

function typeCondition({ wanted }: ReadPlan, attributes: ExpressionAttributes): Clause | undefined {
  const entities = [...wanted.values()]
  const stored = entities[0]?.table.typeAttribute
  if (stored === undefined) return undefined
  const values = entities.map(({ name }) => attributes.value({ S: name }, stored))
  return clause(
    values.length === 1 ? `${attributes.name(stored)} = ${values[0]}` : `${attributes.name(stored)} IN (${values.join(', ')})`,
  )
}

function notExpired({ table }: ResolvedEntity, now: Date, attributes: ExpressionAttributes): Clause {
  const stored = table.timeToLive ?? ''
  const seconds = String(Math.floor(now.getTime() / 1000))
  const name = attributes.name(stored)
  return anyOf([clause(`attribute_not_exists(${name})`), clause(`${name} > ${attributes.value({ N: seconds }, nowName)}`)])
}

/** DynamoDB allows no filter on the keys of what is read: they belong in the key condition. */
function filterCondition(
  plan: ReadPlan,
  entity: ResolvedEntity,
  where: object,
  attributes: ExpressionAttributes,
): Clause | undefined {
  const keys = [plan.partition, plan.sort].filter((part) => part?.derived === false)
  for (const name of Object.keys(where))
    if (keys.some((part) => part?.attribute === entity.attributes[name]?.stored))
      throw new ValidationError('not-allowed', name, 'is a key of what is read, which a filter can not test. Give it as input.')
  return compileCondition(entity, where, attributes)
}

/** What each item brings: what is asked for, and always the keys, by which items are recognised and cursors made. */
function projected(
  plan: ReadPlan,
  entity: ResolvedEntity,
  attributes: ExpressionAttributes,
): Pick<ScanInput, 'ProjectionExpression' | 'Select'> {
  const { definition, index } = plan
  const select = 'select' in definition ? definition.select : undefined
  const hydrates = definition.kind === 'query' && definition.hydrate
  if (index?.projection === 'KEYS_ONLY' && index.type === 'global') return {}
  if (hydrates) return { ProjectionExpression: projectionExpression(entity, keyNames(plan, entity), [], attributes) }
  if (select !== undefined) {
    const held = index?.type === 'global' ? projectionOf(entity, index).stored : Object.keys(entity.attributes)
    const names = [...entity.keyAttributes, ...withExpiry(entity, select)].filter((name) => held.includes(name))
    return {
      ProjectionExpression: projectionExpression(
        entity,
        [...keyNames(plan, entity), entity.table.typeAttribute],
        names,
        attributes,
      ),
    }
  }
  // Without this, a local index gives only what it projects.
  return index?.type === 'local' && index.projection !== 'ALL' ? { Select: 'ALL_ATTRIBUTES' } : {}
}

function keyNames({ partition, sort }: ReadPlan, { table }: ResolvedEntity): (string | undefined)[] {
  return [table.partitionKey.name, table.sortKey?.name, partition.attribute, sort?.attribute]
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
