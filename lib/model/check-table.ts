// What can be wrong with a table by itself: names, key attributes, delimiters, and DynamoDB's limits on indexes.
import type { Problems } from './problems.ts'
import type { KeyAttribute, Table } from './table.ts'

const namePattern = /^[a-zA-Z0-9_.-]{3,255}$/
const nameRule = 'DynamoDB allows 3 to 255 characters: letters, digits, _ . and -.'
/** Limits per table, see the developer guide's chapter on quotas. */
const maxGlobalIndexes = 20
const maxLocalIndexes = 5
const shareHint = 'Let entities share an index: each has its own templates in it.'

/** Reports what is wrong with the table. */
export function checkTable(table: Table, problems: Problems): void {
  problems.addAll(table.faults ?? [])
  if (!namePattern.test(table.name)) problems.add('bad-name', 'table.name', `"${table.name}" is not a table name.`, nameRule)
  checkDelimiter(table, problems)
  checkKeyAttributes(table, problems)
  const indexes = Object.values(table.indexes)
  for (const index of indexes) {
    const place = `table.indexes.${index.name}`
    if (!namePattern.test(index.name)) problems.add('bad-name', place, `"${index.name}" is not an index name.`, nameRule)
    if (index.type === 'local' && table.sortKey === undefined)
      problems.add('local-index-without-sort-key', place, 'a local index needs a table with a sort key.', 'Use a global index.')
    if (index.sortKey?.name === index.partitionKey.name)
      problems.add(
        'same-key-attribute',
        place,
        `partition key and sort key are both ${index.sortKey.name}.`,
        'Name two attributes.',
      )
  }
  const locals = indexes.filter((index) => index.type === 'local').length
  if (locals > maxLocalIndexes)
    problems.add('too-many-indexes', 'table.indexes', `${locals} local indexes; DynamoDB allows ${maxLocalIndexes}.`, shareHint)
  if (indexes.length - locals > maxGlobalIndexes)
    problems.add(
      'too-many-indexes',
      'table.indexes',
      `${indexes.length - locals} global indexes; DynamoDB allows ${maxGlobalIndexes}.`,
      shareHint,
    )
}

function checkDelimiter(table: Table, problems: Problems): void {
  if (table.delimiter === '#') return
  if (table.keyEncoding !== 'verbatim')
    problems.add(
      'delimiter-needs-verbatim',
      'table.delimiter',
      'only a table with verbatim keys may name its delimiter.',
      "Leave it out, or set keyEncoding: 'verbatim' to adopt a layout that exists.",
    )
  if (!isDelimiter(table.delimiter))
    problems.add(
      'bad-delimiter',
      'table.delimiter',
      `"${table.delimiter}" can't be a delimiter.`,
      'Use one character other than { and }.',
    )
}

/** Whether a text can separate the segments of a key. U+10FFFF bounds ranges, and half a surrogate pair is no character. */
export function isDelimiter(text: string): boolean {
  return [...text].length === 1 && !/[{}\u{10FFFF}\p{Cs}]/u.test(text)
}

function checkKeyAttributes(table: Table, problems: Problems): void {
  const types = new Map<string, string>()
  const check = (key: KeyAttribute | undefined, place: string) => {
    if (key === undefined) return
    if (key.name === '') problems.add('bad-name', place, 'a key attribute needs a name.', 'Name it.')
    const known = types.get(key.name)
    if (known !== undefined && known !== key.type)
      problems.add(
        'key-type-conflict',
        place,
        `${key.name} is of type ${key.type} here and ${known} elsewhere.`,
        'Give it one type.',
      )
    types.set(key.name, key.type)
    if (key.name === table.typeAttribute)
      problems.add('reserved-name', place, `${key.name} holds the entity's name.`, 'Name another typeAttribute.')
  }
  check(table.partitionKey, 'table.partitionKey')
  check(table.sortKey, 'table.sortKey')
  if (table.sortKey?.name === table.partitionKey.name)
    problems.add(
      'same-key-attribute',
      'table',
      `partition key and sort key are both ${table.sortKey.name}.`,
      'Name two attributes.',
    )
  for (const index of Object.values(table.indexes)) {
    check(index.partitionKey, `table.indexes.${index.name}.partitionKey`)
    check(index.sortKey, `table.indexes.${index.name}.sortKey`)
  }
  if (table.timeToLive === '')
    problems.add('bad-name', 'table.timeToLive', 'the TTL attribute needs a name.', 'Name it, or leave it out.')
  if (table.typeAttribute === '')
    problems.add('bad-name', 'table.typeAttribute', 'the type attribute needs a name.', 'Name it, or say false for none.')
  if (table.timeToLive !== undefined && (table.timeToLive === table.typeAttribute || isPrimaryKey(table, table.timeToLive)))
    problems.add(
      'reserved-name',
      'table.timeToLive',
      `${table.timeToLive} has another use already.`,
      'Name an attribute of its own.',
    )
}

/** Whether the attribute is part of the table's primary key. */
export function isPrimaryKey(table: Table, attribute: string): boolean {
  return attribute === table.partitionKey.name || attribute === table.sortKey?.name
}
