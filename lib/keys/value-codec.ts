// One placeholder's values as text in a key: chooses the form for a key type, and guards verbatim text against the delimiter.
import { ValidationError } from '../errors.ts'
import { binaryForm, booleanForm } from './byte-value.ts'
import { datetimeForm, epochSecondsForm } from './date-value.ts'
import type { KeyType } from './key-type.ts'
import { numberForm } from './number-value.ts'
import { badDefinition } from './refusals.ts'
import { defaultDelimiter } from './template.ts'
import { textForm } from './text-value.ts'
import { type Bucket, bucketForm } from './time-bucket.ts'
import type { KeyEncoding, ValueEncoding, ValueForm } from './value-form.ts'

/** The compiled form of one placeholder. */
export interface KeyValueCodec extends ValueForm {
  readonly keyType: KeyType
  readonly descending: boolean
}

export interface KeyValueOptions {
  readonly descending: boolean
  /** Of times: only the bucket is written. */
  readonly bucket?: Bucket
  readonly encoding: ValueEncoding
  readonly delimiter: string
  /** The literal text before the placeholder in its segment. */
  readonly literal?: string
}

/**
 * Whether `:desc` can be said of a placeholder of this type: numbers, dates and booleans, but not text and bytes. In verbatim
 * encoding, numbers need `min` and `max` for it.
 */
export function supportsDescending(keyType: KeyType, encoding: KeyEncoding = 'escaped'): boolean {
  if (keyType.kind === 'text' || keyType.kind === 'binary') return false
  return encoding === 'escaped' || formOf(keyType, { descending: false, encoding, delimiter: defaultDelimiter }).ordered
}

/** Whether `:day` and the like can be said of a placeholder of this type. */
export function supportsBuckets({ kind }: KeyType): boolean {
  return kind === 'datetime' || kind === 'epochSeconds'
}

/**
 * Compiles the text form of a placeholder's values.
 *
 * @throws SingletError 'bad-key-definition' when `descending` is not supported (see `supportsDescending`).
 * @example
 * compileKeyValue({ kind: 'number', min: 0, max: 999 }, { descending: false, encoding: 'escaped', delimiter: '#' }).encode(42, 'score') // '042'
 */
export function compileKeyValue(keyType: KeyType, options: KeyValueOptions): KeyValueCodec {
  const { descending, encoding } = options
  if (descending && (encoding === 'native' || !supportsDescending(keyType, encoding))) {
    throw badDefinition(`:desc is not supported for ${keyType.kind} in ${encoding} keys.`)
  }
  if (options.bucket !== undefined && !supportsBuckets(keyType))
    throw badDefinition(`:${options.bucket} is not supported for ${keyType.kind}.`)
  const form = options.bucket === undefined ? formOf(keyType, options) : bucketForm(options.bucket)
  const guarded = encoding === 'verbatim' ? guardDelimiter(form, options) : form
  return Object.freeze({ ...guarded, keyType, descending })
}

function formOf(keyType: KeyType, { descending, encoding }: KeyValueOptions): ValueForm {
  switch (keyType.kind) {
    case 'text':
      return textForm(keyType, encoding)
    case 'number':
    case 'bigint':
    case 'decimal':
      return numberForm(keyType, encoding, descending)
    case 'datetime':
      return datetimeForm(descending)
    case 'epochSeconds':
      return epochSecondsForm(encoding, descending)
    case 'boolean':
      return booleanForm(descending)
    case 'binary':
      return binaryForm
  }
}

/** Verbatim text is split at the first delimiter found, so a value must not bring one, not even together with what stands beside it. */
function guardDelimiter(form: ValueForm, { delimiter, literal = '' }: KeyValueOptions): ValueForm {
  const isSafe = (text: string): boolean => (literal + text + delimiter).indexOf(delimiter) === literal.length + text.length
  const guard = (text: string, attribute: string): string => {
    if (isSafe(text)) return text
    const shown = JSON.stringify(delimiter)
    throw new ValidationError('delimiter-in-key', attribute, `the value would bring the delimiter ${shown} into a verbatim key.`)
  }
  const texts = form.texts?.filter(isSafe)
  return {
    ...form,
    ...(texts === undefined ? {} : { texts: Object.freeze(texts) }),
    encode: (value, attribute) => guard(form.encode(value, attribute), attribute),
    encodeBound: (value, attribute) => guard(form.encodeBound(value, attribute), attribute),
    encodePrefix: (prefix, attribute) => guard(form.encodePrefix(prefix, attribute), attribute),
    decode: (text) => (isSafe(text) ? form.decode(text) : undefined),
  }
}
