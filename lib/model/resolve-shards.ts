// `shards` of a key or an index: read, checked against the entity, and compiled into what tells the shard of an item.
import { compileKey, type KeyCodec, maxPartitionKeyBytes, type TemplateKeyCodec } from '../keys/key-codec.ts'
import { parseTemplate } from '../keys/template.ts'
import { isPlainObject } from '../plain-object.ts'
import { optionsOf, shown } from './options.ts'
import { type Problems, suggestion } from './problems.ts'
import { namesOfType } from './resolve-attributes.ts'
import type { KeyPart, ResolvedAttribute, ResolvedGeneration, ResolvedShards } from './resolved.ts'
import type { Table } from './table.ts'

/** More shards than this would make every read a burst of requests. */
export const maxShards = 1000

/** What `shards` says, before its attributes have been looked at. */
export interface ShardsDeclaration extends Pick<ResolvedShards, 'by' | 'of' | 'from' | 'count' | 'generations' | 'time'> {}

interface Context {
  /** Such as `Order.indexes.GSI1.shards`. */
  readonly place: string
  readonly attributes: Readonly<Record<string, ResolvedAttribute>>
  readonly table: Table
  readonly problems: Problems
}

const ways = ['hash', 'modulo', 'random'] as const

/** Reads what `shards` says; undefined when it makes no sense, with the reasons in `problems`. */
export function readShards(input: unknown, { place, attributes, problems }: Context): ShardsDeclaration | undefined {
  const options = optionsOf(input, ['count', 'from', 'by', 'of', 'time'], place, problems)
  if (options === undefined) return undefined
  const report = (message: string, hint: string) => problems.add('bad-shards', place, message, hint)
  const { from = 0, by: way = 'hash', of, time } = options
  const by = ways.find((one) => one === way)
  if (by === undefined) report(`by ${shown(way)} is no way to shard.`, suggestion(typeof way === 'string' ? way : '', ways))
  for (const [option, name] of Object.entries({ of, time }))
    if (name !== undefined && typeof name !== 'string')
      report(`${option} is ${shown(name)}, not the name of an attribute.`, `Name it: ${option}: 'attribute'.`)
  if (by === 'modulo' && of === undefined)
    report('modulo has no number to divide.', "Name the attribute that has it: of: 'accountNumber'.")
  if (by === 'random' && of !== undefined)
    report('random goes by no attribute.', `Leave out of, or use by: 'hash' to keep items with one ${shown(of)} together.`)
  if ('shard' in attributes)
    problems.add(
      'reserved-name',
      place,
      'shard is an attribute and the name of the shard in the template.',
      'Rename the attribute.',
    )
  const generations = readGenerations(options.count, report)
  if (generations === undefined || by === undefined) return undefined
  const count = Math.max(...generations.map((one) => one.count))
  if (!Number.isSafeInteger(from) || Number(from) < 0 || !Number.isSafeInteger(Number(from) + count)) {
    report(`${count} shards from ${shown(from)} can't be.`, 'Use a whole number from 0 up.')
    return undefined
  }
  return {
    by,
    from: Number(from),
    count,
    generations,
    ...(typeof of === 'string' && { of }),
    ...(typeof time === 'string' && { time }),
  }
}

type Report = (message: string, hint: string) => void

function readGenerations(count: unknown, report: Report): readonly ResolvedGeneration[] | undefined {
  const hint = `Use a whole number from 1 to ${maxShards}.`
  const fits = (one: unknown): one is number => Number.isInteger(one) && Number(one) >= 1 && Number(one) <= maxShards
  if (!Array.isArray(count)) {
    if (fits(count)) return Object.freeze([Object.freeze({ since: Number.NEGATIVE_INFINITY, count })])
    report(`${shown(count)} shards can't be.`, hint)
    return undefined
  }
  const form = "count: [{ count: 4 }, { since: '2027-01-01T00:00:00Z', count: 16 }]"
  if (count.length === 0) report('the list of counts is empty.', `Give ${form}.`)
  const generations: ResolvedGeneration[] = []
  for (const [position, one] of count.entries()) {
    const stray = isPlainObject(one) ? Object.keys(one).find((name) => name !== 'since' && name !== 'count') : undefined
    if (!isPlainObject(one) || stray !== undefined) {
      report(`${stray ?? shown(one)} has no place in the list of counts.`, `Give ${form}.`)
      return undefined
    }
    if (!fits(one.count)) {
      report(`${shown(one.count)} shards can't be.`, hint)
      return undefined
    }
    const since = position === 0 && one.since === undefined ? Number.NEGATIVE_INFINITY : instantOf(one.since)
    const before = generations.at(-1)?.since
    if (position === 0 && one.since !== undefined)
      report('the first count has a since, so items from before it would have none.', 'Leave the first since out.')
    else if (since === undefined)
      report(`since ${shown(one.since)} is no moment.`, "Use ISO 8601 with a zone: '2027-01-01T00:00:00Z'.")
    else if (before !== undefined && since <= before)
      report(`since ${shown(one.since)} is not after the one before it.`, 'Order the counts by time, oldest first.')
    generations.push(Object.freeze({ since: since ?? Number.POSITIVE_INFINITY, count: one.count }))
  }
  return generations.length === 0 ? undefined : Object.freeze(generations)
}

/** A moment that is the same everywhere; a text without a zone is not. */
function instantOf(since: unknown): number | undefined {
  if (typeof since !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/.test(since))
    return undefined
  const instant = Date.parse(since)
  return Number.isNaN(instant) ? undefined : instant
}

interface ShardContext extends Context {
  readonly partition: KeyPart
  readonly sort: KeyPart | undefined
  /** Whether it is the primary key that is sharded: then the shard must follow from the key alone. */
  readonly primary: boolean
}

/** Compiles what tells the shard of an item. The key is that of the table. */
export function resolveShards(declaration: ShardsDeclaration, context: ShardContext): ResolvedShards {
  const { place, attributes, table, problems, partition, sort, primary } = context
  const { by, of, generations } = declaration
  const keyAttributes = [...partition.attributes, ...(sort?.attributes ?? [])]
  if (primary && by === 'random')
    problems.add(
      'bad-shards',
      place,
      "an item under a primary key with a random shard can't be found again.",
      "Use by: 'hash', which tells the shard from the key.",
    )
  const ofAttribute = of === undefined ? undefined : fixedAttribute('of', of, keyAttributes, context)
  if (ofAttribute !== undefined && by === 'modulo') checkInteger(ofAttribute, place, problems)
  const time = generations.length === 1 ? undefined : timeAttribute(declaration.time, keyAttributes, context)
  const key = by === 'hash' && of === undefined ? keyAttributes : []
  return Object.freeze({
    by,
    from: declaration.from,
    count: declaration.count,
    generations,
    ...(of !== undefined && { of }),
    ...(time !== undefined && { time }),
    inputs: Object.freeze([...new Set([...key, ...(of === undefined ? [] : [of]), ...(time === undefined ? [] : [time])])]),
    hashed: Object.freeze(
      of === undefined ? [withoutShard(partition), sort?.codec] : [valueCodec(ofAttribute, attributes, table, place)],
    ),
  })
}

/** An attribute that every item has and that never changes, so that the shard never does. */
function fixedAttribute(
  option: 'of' | 'time',
  name: string,
  keyAttributes: readonly string[],
  { place, attributes, primary, problems }: ShardContext,
): ResolvedAttribute | undefined {
  const attribute = attributes[name]
  const report = (message: string, hint: string) => problems.add('bad-shards', `${place}.${option}`, message, hint)
  if (attribute === undefined) {
    report(`${name} is not an attribute.`, suggestion(name, Object.keys(attributes)))
    return undefined
  }
  const { definition } = attribute
  const fixed = keyAttributes.includes(name) || definition.readOnly || definition.type === 'createdAt'
  if (attribute.keyType === undefined)
    report(`${name} is of type ${definition.type}, which can't be part of a key.`, 'Use a scalar attribute.')
  else if (primary && !keyAttributes.includes(name))
    report(
      `${name} is not part of the primary key, so the key alone would not tell the shard.`,
      `Put {${name}} into the key, or name an attribute that is in it.`,
    )
  else if (!fixed)
    report(`${name} can change, and the shard with it.`, `Make it .readOnly(), or name an attribute of the primary key.`)
  else if (definition.optional)
    report(`${name} is optional, but every item needs a shard.`, 'Make it required, or give it a default.')
  else return attribute
  return undefined
}

function checkInteger({ name, definition }: ResolvedAttribute, place: string, problems: Problems): void {
  const { type, integer } = definition
  if (type === 'bigint' || (type === 'number' && integer === true)) return
  problems.add(
    'bad-shards',
    `${place}.of`,
    `${name} is of type ${type}, and modulo takes whole numbers.`,
    "Use number({ integer: true }) or bigint(), or by: 'hash'.",
  )
}

const timeTypes: readonly string[] = ['createdAt', 'datetime', 'ulid']

/** The attribute that tells when an item was created. */
function timeAttribute(given: string | undefined, keyAttributes: readonly string[], context: ShardContext): string | undefined {
  const { place, attributes, problems } = context
  const [name = namesOfType(attributes, 'createdAt')[0]] = given === undefined ? [] : [given]
  if (name === undefined) {
    const message = 'which count an item goes by is told by the time of its creation, and no attribute has it.'
    problems.add('bad-shards', `${place}.time`, message, "Add a createdAt() attribute, or name one: time: 'placedAt'.")
    return undefined
  }
  const attribute = fixedAttribute('time', name, keyAttributes, context)
  if (attribute === undefined) return undefined
  if (timeTypes.includes(attribute.definition.type)) return name
  const message = `${name} is of type ${attribute.definition.type}, which tells no time.`
  problems.add('bad-shards', `${place}.time`, message, 'Name a createdAt(), datetime() or ulid() attribute.')
  return undefined
}

/** The partition key without the segment that has the shard; undefined when nothing is left. */
function withoutShard({ codec, sharded }: KeyPart): KeyCodec | undefined {
  if (!sharded || codec.native) return codec
  const { delimiter, segments } = codec.template
  const rest = segments.filter(({ placeholder }) => placeholder?.name !== 'shard')
  if (rest.length === 0) return undefined
  const texts = rest.map(({ literal, placeholder }) => {
    if (placeholder === undefined) return literal
    const modifier = placeholder.descending ? 'desc' : placeholder.bucket
    return `${literal}{${placeholder.name}${modifier === undefined ? '' : `:${modifier}`}}`
  })
  const parsed = parseTemplate(texts.join(delimiter), delimiter)
  if ('fault' in parsed) return undefined
  const keyTypes = Object.fromEntries(codec.parts.map(({ attribute, value }) => [attribute, value.keyType]))
  const { encoding, maxBytes, place } = codec
  return compileKey({ template: parsed.template, keyTypes, encoding, maxBytes, ...(place !== undefined && { place }) })
}

/** One attribute as a key would hold it. */
function valueCodec(
  attribute: ResolvedAttribute | undefined,
  attributes: Readonly<Record<string, ResolvedAttribute>>,
  table: Table,
  place: string,
): TemplateKeyCodec | undefined {
  if (attribute?.keyType === undefined || attributes[attribute.name] === undefined) return undefined
  const parsed = parseTemplate(`{${attribute.name}}`, table.delimiter)
  if ('fault' in parsed) return undefined
  return compileKey({
    template: parsed.template,
    keyTypes: { [attribute.name]: attribute.keyType },
    encoding: table.keyEncoding,
    maxBytes: maxPartitionKeyBytes,
    place: `${place}.of`,
  })
}

/** Whether two spread their items in the same way, so that one read finds both. */
export function sameShards(a: ResolvedShards | undefined, b: ResolvedShards | undefined): boolean {
  const declared = (shards: ResolvedShards | undefined) =>
    shards && [shards.by, shards.of, shards.from, shards.generations.map(({ since, count }) => [String(since), count])]
  return JSON.stringify(declared(a)) === JSON.stringify(declared(b))
}
