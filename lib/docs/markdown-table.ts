// The table's part of the page: its keys, its indexes, and how values become keys.
import type { KeyAttribute } from '../model/table.ts'
import { anchor, anchorOf, code, codes, link, table, text } from './markdown-text.ts'
import type { ModelDocumentation } from './model-documentation.ts'
import type { IndexDocumentation, TableDocumentation } from './table-documentation.ts'

export function renderTable({ table: documented, indexes, entities }: ModelDocumentation): string[] {
  const { name, partitionKey, sortKey, timeToLive, typeAttribute, tenant } = documented
  return [
    table(
      ['', ''],
      [
        ['**Name**', code(name)],
        ['**Partition key**', keyText(partitionKey)],
        ['**Sort key**', sortKey === undefined ? 'none' : keyText(sortKey)],
        [
          '**Time to live**',
          timeToLive === undefined
            ? 'none'
            : `${code(timeToLive)}, in epoch seconds; DynamoDB deletes items some time after that`,
        ],
        [
          '**Type attribute**',
          typeAttribute === undefined
            ? 'none: items are recognised by their keys'
            : `${code(typeAttribute)}, which holds the entity’s name in each item`,
        ],
        ['**Key encoding**', encodingText(documented)],
        ...(tenant === undefined ? [] : [['**Tenant**', `${code(tenant)}, from the connection; it leads every partition key`]]),
      ],
    ),
    ...(indexes.length === 0 ? [] : ['### Indexes', renderIndexes(indexes, entities.length)]),
  ]
}

function keyText({ name, type }: KeyAttribute): string {
  return `${code(name)} (${{ S: 'string', N: 'number', B: 'binary' }[type]})`
}

function encodingText({ keyEncoding, delimiter }: TableDocumentation): string {
  return keyEncoding === 'verbatim'
    ? `verbatim, segments divided by ${code(delimiter)}: values stand in keys as they are, and a value that contains ${code(delimiter)} is refused`
    : `escaped, segments divided by ${code(delimiter)}: in values, characters up to ${code('$')} (space and ${code('#')} among them) are written as ` +
        `${code('$')} and another character (${code('#')} as ${code('$S')}), so that no value can look like another key and keys sort as their values do`
}

function renderIndexes(indexes: readonly IndexDocumentation[], entityCount: number): string {
  return table(
    ['Index', 'Type', 'Partition key', 'Sort key', 'Holds', 'Entities', 'Read by'],
    indexes.map((index) => [
      `${anchor(anchorOf('index', index.name))}${code(index.name)}`,
      index.type,
      keyText(index.partitionKey),
      index.sortKey === undefined ? '' : keyText(index.sortKey),
      projectionText(index),
      membersText(index, entityCount),
      index.patterns.map((name) => link(text(name), anchorOf('pattern', name))).join(', ') || 'nothing',
    ]),
  )
}

function projectionText({ projection }: IndexDocumentation): string {
  if (projection === 'ALL') return 'whole items'
  return projection === 'KEYS_ONLY' ? 'keys only' : `keys and ${codes(projection)}`
}

function membersText({ entities, alsoHolds }: IndexDocumentation, entityCount: number): string {
  const names = (list: readonly string[]) => list.map((name) => link(text(name), anchorOf('entity', name))).join(', ')
  if (alsoHolds.length === 0) return names(entities) || 'none'
  const others = entities.length + alsoHolds.length === entityCount ? 'all others' : names(alsoHolds)
  return entities.length === 0
    ? `none by intent; physically ${others === 'all others' ? 'all' : others}`
    : `${names(entities)}; physically also ${others}`
}
