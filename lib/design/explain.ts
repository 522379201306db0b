// A pattern's plan as data: what is asked, how it is read, what it costs. Printing it is render-plan.ts.
import type { KeyRange } from '../keys/key-type.ts'
import { keyRange } from '../keys/range.ts'
import { projectionOf } from '../model/projection.ts'
import type { KeyPart, ResolvedEntity } from '../model/resolved.ts'
import { conditionText } from './condition-text.ts'
import { estimateRead, shardsAsked } from './estimate.ts'
import type { Plan, PlanInput } from './plan.ts'
import { type ReadPlan, returnedNames } from './read-plan.ts'
import { renderPlan } from './render-plan.ts'

/** Explains how a pattern is read. */
export function explainRead(plan: ReadPlan): Plan {
  const { definition, name, index, wanted, inRange } = plan
  const filter = filterText(plan)
  const data = {
    pattern: name,
    ...(definition.description !== undefined && { description: definition.description }),
    kind: definition.kind,
    operation: definition.kind === 'get' ? 'GetItem' : definition.kind === 'scan' ? 'Scan' : 'Query',
    entities: [...wanted.values()].map((entity) => entity.name),
    ...(index !== undefined && { index: index.name }),
    inputs: inputsOf(plan),
    ...(plan.context.length > 0 && { context: plan.context }),
    keyCondition: keyConditionText(plan),
    ...(filter !== undefined && { filter }),
    returns: [...new Set([...wanted.values()].flatMap((entity) => returnedNames(plan, entity)))],
    order:
      definition.kind === 'get' || definition.kind === 'scan' || plan.sort === undefined
        ? 'none'
        : definition.descending
          ? 'descending'
          : 'ascending',
    consistent: definition.consistent,
    requests: requestsText(plan),
    entitiesInRange: inRange.map((entity) => entity.name),
    estimate: estimateRead(plan),
    notes: notesOf(plan),
  } as const
  return Object.freeze({ ...data, toString: () => renderPlan(data) })
}

function inputsOf({ definition, partition, sort, wanted, narrowing, bucket, context }: ReadPlan): PlanInput[] {
  if (definition.kind === 'scan') return []
  const [entity] = wanted.values()
  const inputs = (names: readonly string[], key: PlanInput['key'], required: boolean): PlanInput[] =>
    names
      .filter((name) => !context.includes(name))
      .map((attribute) => ({
        attribute,
        key,
        required,
        type: entity?.attributes[attribute]?.definition.type ?? '',
        ...(key === 'partition' && attribute === bucket?.attribute && { bucket: bucket.bucket }),
      }))
  const partitionInputs = inputs(partition.attributes, 'partition', true)
  const shardInputs = narrowing?.filtered === undefined ? [] : inputs([narrowing.filtered], 'shard', false)
  if (sort === undefined || definition.kind === 'itemCollection') return [...partitionInputs, ...shardInputs]
  const sorted = reachable(sort).filter((name) => !partition.attributes.includes(name))
  return [...partitionInputs, ...inputs(sorted, 'sort', definition.kind === 'get'), ...shardInputs]
}

/** What stands behind a shard, in an inverted index, can't be asked for: keys are compared from the left. */
function reachable({ attributes, codec, sharded }: KeyPart): readonly string[] {
  return sharded ? codec.attributes.slice(0, codec.attributes.indexOf('shard')) : attributes
}

function keyConditionText({ definition, partition, sort, fixedRange }: ReadPlan): string {
  if (definition.kind === 'scan') return 'none: every item is read'
  const equality = `${partition.attribute} = ${partition.codec.template.text}`
  if (sort === undefined) return equality
  if (definition.kind === 'get') return `${equality} AND ${sort.attribute} = ${sort.codec.template.text}`
  const range = rangeText(sort.attribute, fixedRange ?? keyRange(sort.codec, {}))
  return range === undefined ? equality : `${equality} AND ${range}`
}

function rangeText(attribute: string, range: KeyRange): string | undefined {
  if (range.op === 'all' || range.op === 'none') return undefined
  if (range.op === 'between') return `${attribute} BETWEEN ${visible(range.lower)} AND ${visible(range.upper)}`
  return range.op === 'begins_with'
    ? `begins_with(${attribute}, ${visible(range.value)})`
    : `${attribute} ${range.op} ${visible(range.value)}`
}

/** The bound behind a prefix is a character that no font shows. */
function visible(content: string | Uint8Array): string {
  return String(content).replaceAll('\u{10FFFF}', '…')
}

function filterText(plan: ReadPlan): string | undefined {
  const { definition, wanted } = plan
  const [entity] = wanted.values()
  const names = [...wanted.values()].map(({ name }) => name)
  const parts = [
    plan.separation === 'filter'
      ? `${entity?.table.typeAttribute} ${names.length === 1 ? `= ${names[0]}` : `IN (${names.join(', ')})`}`
      : undefined,
    // GetItem has no filter: what has expired is left out after reading.
    plan.filtersExpired && definition.kind !== 'get' ? `${entity?.table.timeToLive} > now` : undefined,
    'where' in definition && definition.where !== undefined ? conditionText(definition.where) : undefined,
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.join(' AND ')
}

function requestsText(plan: ReadPlan): string {
  const { definition, hydrates, narrowing, bucket } = plan
  const hydration = hydrates ? ' + 1 BatchGetItem per 100 items' : ''
  if (definition.kind === 'scan')
    return definition.segments === 1
      ? '1 per MB of the table'
      : `${definition.segments} segments in parallel, 1 per MB of the table`
  const asked = plan.shards === undefined ? '1' : inParallel(shardsAsked(plan))
  const narrowed =
    narrowing === undefined || narrowing.optional.length === 0
      ? ''
      : `; ${narrowing.shards === 1 ? '1' : `up to ${inParallel(narrowing.shards)}`} when ${given(narrowing.optional)}`
  const buckets =
    bucket === undefined || definition.kind === 'itemCollection' ? '' : ` for each ${bucket.bucket}, one after the other`
  return `${asked}${buckets}${narrowed}${hydration}`
}

function inParallel(requests: number): string {
  return requests === 1 ? '1' : `${requests}, in parallel`
}

function given(names: readonly string[]): string {
  return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} given`
}

function shardNote({ shards, narrowing }: ReadPlan): string | undefined {
  if (shards === undefined) return undefined
  if (shards.count === 1) return 'Written to one shard, which a page asks.'
  const written = `Written to ${shards.count} shards`
  const all = 'a page asks all of them and merges the answers in order'
  if (narrowing === undefined) return `${written}; ${all}.`
  const { attributes, optional, filtered } = narrowing
  const which = narrowing.shards === 1 ? 'which one' : `which ${narrowing.shards} of them, for their number has changed`
  if (optional.length === 0) return `${written}; ${attributes.join(', ')} ${attributes.length === 1 ? 'tells' : 'tell'} ${which}.`
  const kept = filtered === undefined ? '' : ` and filters by ${filtered}`
  return `${written}; ${all}. When ${given(optional)}, that tells ${which}: the page asks no other${kept}.`
}

function notesOf(plan: ReadPlan): string[] {
  const { definition, index, inRange, wanted, separation } = plan
  const others = inRange.filter((entity: ResolvedEntity) => ![...wanted.values()].includes(entity)).map(({ name }) => name)
  const all = definition.kind === 'scan' && others.length > 1
  const foreign = all ? `all ${others.length} other entities` : others.join(', ')
  const notes: string[] = []
  if (definition.kind === 'scan')
    notes.push('Reads, and pays for, every item of the table: its cost grows with the table and not with the answer.')
  if (index?.type === 'global') notes.push('Eventually consistent: a global index may lag behind the table for a moment.')
  if (separation === 'filter') notes.push(`Items of ${foreign} lie in the range too; they are read, paid for and filtered out.`)
  if (separation === 'keys')
    notes.push(`Items of ${foreign} lie in the range too; they are read, paid for and told apart by their keys.`)
  if ('where' in definition && definition.where !== undefined)
    notes.push('The filter applies after reading: what it drops is paid for.')
  if (plan.hydrates) notes.push('The index does not hold whole items; they are fetched from the table, in order.')
  if (!plan.filtersExpired && !plan.hydrates && index?.type === 'global' && expires(plan))
    notes.push('The index does not hold the time of expiry: expired items are returned until DynamoDB deletes them.')
  const sharded = shardNote(plan)
  if (sharded !== undefined) notes.push(sharded)
  return notes
}

function expires({ wanted, index }: ReadPlan): boolean {
  return [...wanted.values()].some(
    (entity) => entity.expiresAt !== undefined && !projectionOf(entity, index).readable.includes(entity.expiresAt),
  )
}
