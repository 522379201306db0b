// Limits on what may be stored, where dynalite's are missing or count UTF-16 units: item size, key sizes, index keys, numbers.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
import { utf8Length } from './byte-order.ts'
import { binaryBytes, itemBytes, significantDigits } from './item-size.ts'
import { checkUpdatedNesting } from './nesting.ts'
import { validationError } from './service-error.ts'
import { type AttributeValue, type Item, indexesOf, type TableDescription } from './wire.ts'

const maxItemBytes = 400 * 1024
const maxPartitionKeyBytes = 2048
const maxSortKeyBytes = 1024
const maxDigits = 38
const maxExponent = 125
const minExponent = -130

/** The wording of a refusal depends on whether the item came whole or as an update. */
export type WriteKind = 'put' | 'update'

/** Throws the ValidationException that DynamoDB answers with when an item must not be stored. */
export function checkItem(table: TableDescription, item: Item, kind: WriteKind): void {
  checkItemSize(item, kind)
  checkPrimaryKey(table, item)
  checkIndexKeys(table, item, kind)
  if (kind === 'update') {
    checkUpdatedNesting(item)
    for (const name in item) checkNumbers(item[name])
  }
}

function checkItemSize(item: Item, kind: WriteKind): void {
  if (itemBytes(item) <= maxItemBytes) return
  throw validationError(
    kind === 'put'
      ? 'Item size has exceeded the maximum allowed size'
      : 'Item size to update has exceeded the maximum allowed size',
  )
}

/** Throws when the primary key is too long in bytes. That it is there and of the right type, dynalite has checked. */
export function checkPrimaryKey(table: TableDescription, key: Item): void {
  table.KeySchema.forEach(({ AttributeName }, position) => {
    const bytes = keyBytes(key[AttributeName])
    if (position === 0 && bytes > maxPartitionKeyBytes) {
      throw validationError(
        'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
      )
    }
    if (position > 0 && bytes > maxSortKeyBytes) {
      throw validationError(
        'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
      )
    }
  })
}

function checkIndexKeys(table: TableDescription, item: Item, kind: WriteKind): void {
  for (const { index } of indexesOf(table)) {
    index.KeySchema.forEach(({ AttributeName }, position) => {
      const value = item[AttributeName]
      if (value?.S === '' || value?.B === '') {
        const type = value.S === '' ? 'string' : 'binary'
        throw validationError(
          `One or more parameter values are not valid. ${
            kind === 'put'
              ? 'A value specified for a secondary index key is not supported.'
              : 'The update expression attempted to update a secondary index key to a value that is not supported.'
          } The AttributeValue for a key attribute cannot contain an empty ${type} value.${
            kind === 'put' ? ` IndexName: ${index.IndexName}, IndexKey: ${AttributeName}` : ''
          }`,
        )
      }
      if (keyBytes(value) > (position === 0 ? maxPartitionKeyBytes : maxSortKeyBytes)) {
        throw validationError(
          'One or more parameter values were invalid: Size limit exceeded. ' +
            `IndexName: ${index.IndexName}, IndexKey: ${AttributeName}`,
        )
      }
    })
  }
}

function keyBytes(value: AttributeValue | undefined): number {
  if (value?.S !== undefined) return utf8Length(value.S)
  return value?.B === undefined ? 0 : binaryBytes(value.B)
}

/** Whether a value can be a key of the type an index asks for. What was stored before the index was created need not be. */
export function isIndexKey(value: AttributeValue | undefined, type: string, position: number): boolean {
  if (type === 'N') return value?.N !== undefined
  const content = type === 'S' ? value?.S : value?.B
  return content !== undefined && content !== '' && keyBytes(value) <= (position === 0 ? maxPartitionKeyBytes : maxSortKeyBytes)
}

/** dynalite checks the numbers of a request; the results of arithmetic are checked here. */
function checkNumbers(value: AttributeValue | undefined): void {
  if (value?.N !== undefined) checkNumber(value.N)
  if (value?.L !== undefined) value.L.forEach(checkNumbers)
  if (value?.M !== undefined) Object.values(value.M).forEach(checkNumbers)
}

function checkNumber(number: string): void {
  const { digits, exponent } = significantDigits(number)
  if (digits.length > maxDigits) throw validationError('Attempting to store more than 38 significant digits in a Number')
  if (digits !== '' && exponent > maxExponent) {
    throw validationError('Number overflow. Attempting to store a number with magnitude larger than supported range')
  }
  if (digits !== '' && exponent < minExponent) {
    throw validationError('Number underflow. Attempting to store a number with magnitude smaller than supported range')
  }
}
