// A copy: an entity whose items are made of another's attributes, under keys of their own, and written with it and never by themselves.
import type { Attribute, Attributes } from '../schema/attribute.ts'
import {
  type AnyEntity,
  type CheckedIndexes,
  type CheckedKey,
  defineEntity,
  type Entity,
  type EntityInput,
  type IndexInput,
  isEntity,
  type KeyTemplates,
} from './entity.ts'
import { optionsOf, shown } from './options.ts'
import { Problems, suggestion } from './problems.ts'

export interface CopyInput<A, P extends keyof A, K, I> {
  /** The source's attributes that a copy has. Those that are hidden in the source are hidden in the copy. */
  readonly attributes: readonly P[]
  /** The copy's own key. An item that lacks an attribute of it has no copy. */
  readonly key: CheckedKey<P | 'shard', K>
  readonly indexes?: CheckedIndexes<Pick<A, P>, P | 'shard', I>
  /** One or two sentences for the documentation. */
  readonly description?: string
}

/** An entity as `copyOf` answers it: to be read as any other, and written with its source. */
export interface Copy<
  out N extends string = string,
  out A = Attributes,
  out K = KeyTemplates,
  out I = Readonly<Record<string, IndexInput>>,
> extends Entity<N, A, K, I> {
  readonly source: AnyEntity
}

const optionNames = ['attributes', 'key', 'indexes', 'description']

/**
 * Declares copies of an entity's items, for reading them by another key or in another item's collection. Every write of an item writes,
 * moves or deletes its copies in the same transaction, so that they are never missing, stale or left behind. A copy lives as long as its
 * source (`expiresAt()`), and only while the source has all attributes of the copy's key. Two items whose copies would have one key are
 * refused with a `CopyConflictError`.
 *
 * @param source an entity of the same model, and no copy itself
 * @example
 * const UserCard = copyOf(User, 'UserCard', {
 *   attributes: ['handle', 'userId', 'name'],
 *   key: { pk: 'HANDLE#{handle}', sk: 'CARD' },
 * })
 */
export function copyOf<
  const E extends AnyEntity,
  const N extends string,
  const P extends keyof E['attributes'] & string,
  const K extends KeyTemplates,
  const I extends { readonly [index: string]: IndexInput } = Record<never, never>,
>(source: E, name: N, input: CopyInput<E['attributes'], P, K, I>): Copy<N, Pick<E['attributes'], P>, K, I> {
  const problems = new Problems()
  const options = optionsOf(input, optionNames, name, problems) ?? {}
  const { attributes: names, key, indexes, description } = options
  const attributes = isEntity(source) ? copiedAttributes(source, names, name, problems) : {}
  if (!isEntity(source))
    problems.add('not-an-entity', name, `${shown(source)} is no entity to copy.`, 'Give one made with defineEntity().')
  else if (source.source !== undefined)
    problems.add(
      'copy-of-copy',
      name,
      `${source.name} is itself a copy, of ${source.source.name}.`,
      `Copy ${source.source.name}.`,
    )
  const given = { attributes, key, ...(indexes !== undefined && { indexes }), ...(description !== undefined && { description }) }
  // What is wrong with them is found at run time as for any entity.
  const entity = defineEntity(name, given as EntityInput<Attributes, KeyTemplates, Readonly<Record<string, IndexInput>>>)
  const faults = [...problems.found, ...(entity.faults ?? [])]
  return Object.freeze({
    ...entity,
    source,
    ...(faults.length > 0 && { faults: Object.freeze(faults) }),
  }) as unknown as Copy<N, Pick<E['attributes'], P>, K, I>
}

/** The source's attributes of these names; and its expiry, which a copy shares, hidden where it is not among them. */
function copiedAttributes(source: AnyEntity, names: unknown, place: string, problems: Problems): Attributes {
  const copied: Record<string, Attributes[string]> = {}
  if (!Array.isArray(names)) {
    problems.add('not-a-list', `${place}.attributes`, `${shown(names)} is no list of names.`, "Give ['name', …].")
    return copied
  }
  for (const name of names as unknown[]) {
    const attribute = typeof name === 'string' && Object.hasOwn(source.attributes, name) ? source.attributes[name] : undefined
    if (attribute === undefined)
      problems.add(
        'unknown-attribute',
        `${place}.attributes`,
        `${shown(name)} is not an attribute of ${source.name}.`,
        suggestion(String(name), Object.keys(source.attributes)),
      )
    else copied[String(name)] = attribute
  }
  for (const [name, attribute] of Object.entries(source.attributes))
    if (isExpiry(attribute) && !Object.hasOwn(copied, name)) copied[name] = hidden(attribute)
  return copied
}

function isExpiry(attribute: Attributes[string]): attribute is Attribute {
  return 'definition' in attribute && attribute.definition?.type === 'expiresAt'
}

function hidden({ definition }: Attribute): Attribute {
  // What an attribute has besides its definition is there for the types alone.
  return Object.freeze({ definition: Object.freeze({ ...definition, hidden: true }) }) as Attribute
}
