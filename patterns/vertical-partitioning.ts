// One record over several items: hot small fields apart from cold big ones, in parts that come and go together.
import {
  type Attributes,
  and,
  type CreateInput,
  defineEntity,
  type Entity,
  type IndexTemplates,
  type Inverted,
  type Item,
  type ItemCollectionPattern,
  itemCollection,
  type KeyTemplates,
  one,
  type TransactionPattern,
  transaction,
  type WriteOperation,
} from '../lib/index.ts'
import { nothingCounted } from './empty-counts.ts'
import { givenAttributes } from './given-attributes.ts'
import { keyUnder } from './key-prefix.ts'
import { refusePattern } from './pattern-problem.ts'

/** A part of a record: an item of its own. */
export interface RecordPart {
  readonly attributes: Attributes
  /** The indexes that this part is in; the others then hold nothing of it. */
  readonly indexes?: Readonly<Record<string, IndexTemplates | Inverted>>
  readonly description?: string
}

export interface VerticalPartitioningOptions<N extends string, K, P> {
  /** The record. Its parts are `DocumentHead`, `DocumentBody`; the patterns `document`, `createDocument`, `deleteDocument`. */
  readonly name: N
  /** The attributes that identify the record, in the order in which they stand in the partition key. */
  readonly key: K
  /** By name. No two have an attribute of the same name: together they are one record. */
  readonly parts: P
}

type Parts = { readonly [part: string]: RecordPart }
type PartKey<K> = { readonly pk: `{${keyof K & string}}`; readonly sk: '' }
type IndexesOf<P> = P extends { readonly indexes: infer I extends object } ? I : Record<never, never>
type Flat<X> = { [K in keyof X]: X[K] }

/** The entity of a part. */
export type PartEntity<N extends string, K extends Attributes, P extends Parts, Name extends keyof P & string> = Entity<
  `${N}${Capitalize<Name>}`,
  Flat<K & P[Name]['attributes']>,
  PartKey<K>,
  IndexesOf<P[Name]>
>
type PartEntities<N extends string, K extends Attributes, P extends Parts> = {
  readonly [Name in keyof P & string as `${N}${Capitalize<Name>}`]: PartEntity<N, K, P, Name>
}

type Together<X> = (X extends unknown ? (x: X) => void : never) extends (x: infer All) => void ? All : never
type WholeInput<N extends string, K extends Attributes, P extends Parts> = Flat<
  Together<{ [Name in keyof P & string]: CreateInput<PartEntity<N, K, P, Name>> }[keyof P & string]>
>
/** A created part; they come in the order of the parts. */
type PartItem<N extends string, K extends Attributes, P extends Parts> = {
  [Name in keyof P & string]: Item<PartEntity<N, K, P, Name>>
}[keyof P & string]
type KeyOfRecord<K extends Attributes> = Item<Entity<string, K, KeyTemplates, Record<never, never>>>
type Members<N extends string, K extends Attributes, P extends Parts> = {
  readonly [Name in keyof P & string]: { readonly entity: PartEntity<N, K, P, Name>; readonly cardinality: 'one' }
}

export interface VerticalPartitioning<N extends string, K extends Attributes, P extends Parts> {
  readonly entities: PartEntities<N, K, P>
  readonly accessPatterns: {
    readonly [X in Uncapitalize<N>]: ItemCollectionPattern<Members<N, K, P>, KeyOfRecord<K>>
  } & { readonly [X in `create${N}`]: TransactionPattern<WholeInput<N, K, P>, PartItem<N, K, P>[]> } & {
    readonly [X in `delete${N}`]: TransactionPattern<KeyOfRecord<K>, undefined[]>
  }
}

/**
 * Vertical partitioning: one record as several items of one partition.
 *
 * **Problem.** A counter beside a long text: each view pays for writing the text, each list for reading it.
 *
 * **Layout.** One item for each part.
 *
 * | | PK | SK |
 * | --- | --- | --- |
 * | head | `DOCUMENT#{documentId}` | `DOCUMENT#HEAD` |
 * | stats | `DOCUMENT#{documentId}` | `DOCUMENT#STATS` |
 * | body | `DOCUMENT#{documentId}` | `DOCUMENT#BODY` |
 *
 * **Invariant.** A record has all of its parts or none: `createDocument` and `deleteDocument` write them in one transaction, and no other write
 * makes or removes one. Each is updated, and read, alone; `document` reads all that there is with one query.
 *
 * A record on which something is counted (`counter()`) is deleted only when that is 0.
 *
 * **Mistake.** Parts written one after the other, of which a crash leaves some; the big part projected into every index.
 *
 * A query of the parts reads one after the other: what is deleted meanwhile may be missing from its answer, unless `transactGet` reads the parts.
 * Source: the guide's chapter on item collections; common practice.
 *
 * @example
 * const documents = verticalPartitioning({
 *   name: 'Document',
 *   key: { documentId: ulid() },
 *   parts: {
 *     head: { attributes: { title: string() } },
 *     stats: { attributes: { views: number().default(0) } },
 *     body: { attributes: { text: string() } },
 *   },
 * })
 * const shop = connect(defineModel({ table, ...documents }), { client })
 * await shop.patterns.createDocument({ documentId, title, text })
 * await shop.entities.DocumentStats.update({ documentId }, { views: add(1) })
 * const { head, stats, body } = await shop.patterns.document({ documentId })
 * @throws {ModelError} for fewer than two parts, two attributes of one name, and parts that would expire one by one
 */
export function verticalPartitioning<const N extends string, const K extends Attributes, const P extends Parts>(
  options: VerticalPartitioningOptions<N, K, P>,
): VerticalPartitioning<N, K, P> {
  const { name } = options
  const parts: Parts = options.parts
  checkParts(options)
  const made = Object.entries(parts).map(([part, definition]) => ({
    part,
    entity: partEntity(name, options.key, part, definition),
  }))
  const entities = Object.fromEntries(made.map(({ entity }) => [entity.name, entity]))
  const all = Object.assign({}, options.key, ...Object.values(parts).map(({ attributes }) => attributes)) as Attributes
  const keyNames = Object.keys(options.key)
  const create = transaction(entities, givenAttributes(all), (input: Values, writes) =>
    made.map(({ part, entity }) => {
      const names = [...keyNames, ...Object.keys(parts[part]?.attributes ?? {})].filter((one) => Object.hasOwn(input, one))
      const operations = writes[entity.name] as unknown as PartWrites
      return operations.create(Object.fromEntries(names.map((one) => [one, input[one]])))
    }),
  ).describe(`Makes the parts of a ${name}`)
  const remove = transaction(entities, givenAttributes(options.key, 'not generated'), (key: Values, writes) =>
    made.map(({ entity }) => {
      const empty = nothingCounted(entity.attributes)
      return (writes[entity.name] as unknown as PartWrites).delete(key, empty.length === 0 ? {} : { if: and(...empty) })
    }),
  ).describe(`Deletes the parts of a ${name}; does nothing when there is none`)
  const collection = itemCollection(Object.fromEntries(made.map(({ part, entity }) => [part, one(entity)])))
  const accessPatterns = {
    [`${name.charAt(0).toLowerCase()}${name.slice(1)}`]: collection.consistent().describe(`All parts of a ${name}`),
    [`create${name}`]: create,
    [`delete${name}`]: remove,
  }
  // Made of the same names that the type is made of.
  return Object.freeze({
    entities: Object.freeze(entities),
    accessPatterns: Object.freeze(accessPatterns),
  }) as unknown as VerticalPartitioning<N, K, P>
}

type Values = Readonly<Record<string, unknown>>
interface PartWrites {
  create(input: object): WriteOperation<unknown>
  delete(key: object, options: object): WriteOperation<unknown>
}

function partEntity(name: string, key: Attributes, part: string, { attributes, indexes = {}, description }: RecordPart) {
  const placeholders = Object.keys(key).map((attribute) => `#{${attribute}}`)
  return defineEntity(`${name}${part.charAt(0).toUpperCase()}${part.slice(1)}`, {
    description: description ?? `The part ${part} of a ${name}, which is created and deleted with the others.`,
    attributes: { ...key, ...attributes },
    key: { pk: keyUnder(name, placeholders.join('')), sk: keyUnder(name, `#${keyUnder(part, '')}`) },
    indexes,
    onlyInTransactions: ['create', 'put', 'delete', 'move'],
    writtenBy: 'verticalPartitioning',
  })
}

function checkParts({ name, key, parts }: VerticalPartitioningOptions<string, Attributes, Parts>): void {
  if (Object.keys(key).length === 0) refusePattern('no-key', `${name}.key`, 'a record needs a key.', 'Give { id: ulid() }.')
  if (Object.keys(parts).length < 2)
    refusePattern('too-few', `${name}.parts`, 'a record in parts has two or more.', 'Use defineEntity() for one item.')
  const names = Object.keys(parts).map((part) => keyUnder(part, ''))
  for (const [at, part] of Object.keys(parts).entries())
    if (names.indexOf(names[at] ?? '') !== at)
      refusePattern('twice', `${name}.parts.${part}`, 'another part differs in case alone.', 'Give each a name of its own.')
  const owners = new Map(Object.keys(key).map((attribute) => [attribute, 'the key']))
  for (const [part, { attributes }] of Object.entries(parts))
    for (const [attribute, made] of Object.entries(attributes)) {
      const place = `${name}.parts.${part}.${attribute}`
      const owner = owners.get(attribute)
      if (owner !== undefined)
        refusePattern('twice', place, `${owner} has an attribute ${attribute} too.`, 'Give each a name of its own.')
      owners.set(attribute, part)
      if ('definition' in made && made.definition.type === 'expiresAt')
        refusePattern('expires-alone', place, 'the part would expire without the others.', 'Delete the record with its pattern.')
    }
}
