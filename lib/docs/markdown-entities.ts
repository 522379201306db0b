// An entity's part of the page: what it is, its keys in the table and in each index, its attributes.
import { guardAttribute, guardType, sourceAttribute } from '../model/companion-names.ts'
import type { AttributeDocumentation, ValueDocumentation } from './attribute-documentation.ts'
import type {
  EntityDocumentation,
  IndexKeyDocumentation,
  KeyDocumentation,
  ShardsDocumentation,
  UniqueDocumentation,
} from './entity-documentation.ts'
import { anchor, anchorOf, code, link, paragraph, shortened, table, text } from './markdown-text.ts'
import { typescriptText } from './value-text.ts'

/** Longer examples would make a column as wide as the page. */
const exampleLength = 60

/** All entities with their primary keys, on one screen. */
export function renderEntityChart(entities: readonly EntityDocumentation[]): string {
  return table(
    ['Entity', 'Partition key', 'Sort key', 'In the indexes', 'What it is'],
    entities.map(({ name, key, indexes, description, copyOf }) => [
      link(text(name), anchorOf('entity', name)),
      code(key.partition.template),
      key.sort === undefined ? '' : code(key.sort.template),
      indexes.map(({ index }) => link(code(index), anchorOf('index', index))).join(', '),
      [
        ...(description === undefined ? [] : [text(description)]),
        ...(copyOf === undefined ? [] : [`A copy of ${text(copyOf)}.`]),
      ].join(' '),
    ]),
  )
}

export function renderEntity(entity: EntityDocumentation): string[] {
  const { name, description, readBy, writtenBy, copyOf, copies } = entity
  const links = readBy.map((pattern) => link(text(pattern), anchorOf('pattern', pattern))).join(', ')
  const writers = writtenBy.map((transaction) => link(text(transaction), anchorOf('transaction', transaction))).join(', ')
  return [
    anchor(anchorOf('entity', name)),
    `### ${text(name)}`,
    description === undefined ? '' : paragraph(description),
    copyOf === undefined ? '' : copyText(copyOf),
    copies.length === 0 ? '' : `Each write writes its copies with it: ${copies.map(entityLink).join(', ')}.`,
    `${links === '' ? 'Read by no access pattern' : `Read by ${links}`}${writers === '' ? '' : `, written by ${writers}`}.`,
    renderKeys(entity),
    ...renderUnique(entity),
    renderAttributes(entity.attributes),
  ]
}

function copyText(source: string): string {
  return `A copy of ${entityLink(source)}, whose key it has in ${code(sourceAttribute)}. It is written with it in one transaction, and never by itself.`
}

function entityLink(name: string): string {
  return link(text(name), anchorOf('entity', name))
}

function renderKeys({ key, requires, indexes }: EntityDocumentation): string {
  return table(
    ['In', 'Key attribute', 'Template', 'Example', 'Which items'],
    [
      ...keyRows('the table', key, `${conditionsText(requires)}${shardsText(key.shards)}`),
      ...indexes.flatMap((index) =>
        keyRows(link(code(index.index), anchorOf('index', index.index)), index, membershipText(index)),
      ),
    ],
  )
}

function keyRows(where: string, { partition, sort }: KeyDocumentation, items: string): string[][] {
  return [partition, sort].flatMap((part, index) =>
    part === undefined
      ? []
      : [
          [
            index === 0 ? where : '',
            code(part.attribute),
            code(part.template) + (part.natural ? ', as it is' : ''),
            part.example === undefined ? '' : code(part.example),
            index === 0 ? items : '',
          ],
        ],
  )
}

function membershipText({ when, requires, shards }: IndexKeyDocumentation): string {
  return conditionsText(requires, when) + shardsText(shards)
}

/** The primary key's hash is what is usual, and not said. */
function shardsText(shards: ShardsDocumentation | undefined): string {
  if (shards === undefined) return ''
  const { by, of, from, count, time, generations } = shards
  const way =
    by === 'random'
      ? ' at random'
      : of === undefined
        ? ''
        : ` by ${by === 'hash' ? 'the hash of ' : ''}${code(of)}${by === 'modulo' ? ' modulo their number' : ''}`
  const grown = generations?.map(({ count, since }) => `${count}${since === undefined ? '' : ` from ${since.toISOString()} on`}`)
  const growth = grown === undefined ? '' : `: by ${code(time ?? '')}, ${grown.join(', ')}`
  if (count === 1 && generations === undefined) return `; in one shard, ${from}`
  return `; spread over ${count} shards, ${from} to ${from + count - 1}${way}${growth}`
}

function conditionsText(requires: readonly string[], when?: string): string {
  const conditions = [...(when === undefined ? [] : [text(when)]), ...requires.map((name) => `${text(name)} exists`)]
  return conditions.length === 0 ? 'all' : `only while ${conditions.join(' and ')}`
}

function renderUnique({ name, unique }: EntityDocumentation): string[] {
  const [first] = unique
  if (first === undefined) return []
  const guards = table(
    ['Unique', 'Attributes', 'Guard', 'Example', 'Which items'],
    unique.map(({ constraint, attributes, template, example, requires }) => [
      code(constraint),
      attributes.map(code).join(', '),
      code(template),
      example === undefined ? '' : code(example),
      conditionsText(requires),
    ]),
  )
  return [guards, guardsText(name, first)]
}

function guardsText(entity: string, { keyAttributes, expires }: UniqueDocumentation): string {
  return (
    `No two ${text(entity)} items have the same values there: each holds an item of type ${code(guardType)}, its guard, with the given text as ` +
    `${keyAttributes.map(code).join(' and ')}. A guard is written and deleted in one transaction with the item that holds it, whose key it ` +
    `has in ${code(guardAttribute)}${expires ? '; it expires together with it' : ''}.`
  )
}

function renderAttributes(attributes: readonly AttributeDocumentation[]): string {
  return table(
    ['Attribute', 'Type', 'On writing', 'Stored as', 'Description', 'Example'],
    attributes.map((attribute) => [
      code(attribute.path),
      typeCell(attribute),
      presenceText(attribute),
      storedText(attribute),
      attribute.description === undefined ? '' : text(attribute.description),
      // What stands inside has rows with examples of its own.
      hasRows(attribute, attributes) ? '' : exampleText(attribute.example),
    ]),
  )
}

export function typeCell({ type, pattern }: ValueDocumentation): string {
  return pattern === undefined ? text(type) : `${text(type)}, matching ${code(pattern)}`
}

function presenceText({ presence, default: fallback, readOnly, hidden, checked }: AttributeDocumentation): string {
  const given = {
    required: 'required',
    optional: 'optional',
    generated: 'written by Singlet',
    default: 'default',
    context: 'from the connection',
  }[presence]
  return [
    fallback === undefined ? given : `${given}: ${text(fallback)}`,
    readOnly ? 'set once' : '',
    hidden ? 'hidden from answers' : '',
    checked ? 'checked further' : '',
  ]
    .filter((part) => part !== '')
    .join('; ')
}

function storedText({ path, stored, storedType }: AttributeDocumentation): string {
  return path === stored ? storedType : `${code(stored)}, ${storedType}`
}

export function hasRows({ path }: ValueDocumentation, attributes: readonly ValueDocumentation[]): boolean {
  return attributes.some((other) => ['.', '[', '*'].some((step) => other.path.startsWith(path + step)))
}

export function exampleText(example: unknown): string {
  if (example === undefined) return ''
  const plain =
    example instanceof Date ? example.toISOString() : typeof example === 'string' ? example : typescriptText(example, Infinity)
  return code(shortened(plain, exampleLength))
}
