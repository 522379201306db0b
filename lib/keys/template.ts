// Key templates: `USER#{userId}` parsed into segments. Knows the syntax only; attribute types and encodings come later (key-codec.ts).
import { type Bucket, buckets } from './time-bucket.ts'

/** One piece of a key between delimiters: a literal, a placeholder, or a literal followed by a placeholder. */
export interface Segment {
  /** The fixed text at the start of the segment; may be empty. */
  readonly literal: string
  readonly placeholder?: Placeholder
}

/** `{name}`, `{name:desc}`, or `{name:month}` and the like. */
export interface Placeholder {
  /** The attribute that it stands for. */
  readonly name: string
  readonly descending: boolean
  /** Stands for the bucket that the attribute's time is in. */
  readonly bucket?: Bucket
}

/** A parsed key template. */
export interface KeyTemplate {
  readonly text: string
  readonly delimiter: string
  readonly segments: readonly Segment[]
  /** The names of the placeholders, from left to right; each occurs once. */
  readonly placeholders: readonly string[]
}

/** The kinds of mistake in a template. */
export type TemplateFaultCode =
  | 'empty-template'
  | 'bad-delimiter'
  | 'unbalanced-braces'
  | 'empty-placeholder'
  | 'bad-name'
  | 'unknown-modifier'
  | 'text-after-placeholder'
  | 'two-placeholders'
  | 'repeated-placeholder'
  | 'bad-literal'

/** What is wrong with a template. Data and not an exception, so that `defineModel` can report all problems at once. */
export interface TemplateFault {
  readonly code: TemplateFaultCode
  readonly message: string
  readonly hint?: string
  /** Where in the text, counted in UTF-16 units from 0. */
  readonly position: number
}

export type ParsedTemplate = { readonly template: KeyTemplate } | { readonly fault: TemplateFault }

/** The delimiter of escaped keys; only verbatim keys may have another. */
export const defaultDelimiter = '#'

const attributeName = /^[\p{L}\p{N}_-]+$/u

/**
 * Parses a key template. Never throws: mistakes come back as `fault`.
 *
 * @example
 * parseTemplate('ORDER#{orderId}') // { template: { segments: [{ literal: 'ORDER' }, { literal: '', placeholder: { name: 'orderId', … } }], … } }
 * parseTemplate('ORDER#{orderId')  // { fault: { code: 'unbalanced-braces', … } }
 */
export function parseTemplate(text: string, delimiter: string = defaultDelimiter): ParsedTemplate {
  if (delimiter === '' || /[{}\u{10FFFF}\p{Cs}]/u.test(delimiter)) {
    return fault('bad-delimiter', 0, `${JSON.stringify(delimiter)} cannot be a delimiter.`, 'Use a character such as #.')
  }
  if (text === '')
    return fault('empty-template', 0, 'The template is empty.', 'DynamoDB refuses empty keys; name a literal or {attribute}.')

  const segments: Segment[] = []
  const placeholders: string[] = []
  let literal = ''
  let placeholder: Placeholder | undefined
  let position = 0
  while (position < text.length) {
    // Braces come first, because a verbatim table's delimiter may be the `:` of a modifier or the `-` of a name.
    if (text[position] === '{') {
      if (placeholder !== undefined) {
        return fault(
          'two-placeholders',
          position,
          `{${placeholder.name}} and another placeholder share a segment.`,
          `Put ${delimiter} between them.`,
        )
      }
      const parsed = parsePlaceholder(text, position)
      if ('fault' in parsed) return parsed
      placeholder = parsed.placeholder
      if (placeholders.includes(placeholder.name)) {
        return fault(
          'repeated-placeholder',
          position,
          `{${placeholder.name}} occurs twice.`,
          'Name each attribute once per template.',
        )
      }
      placeholders.push(placeholder.name)
      position = parsed.end
    } else if (text.startsWith(delimiter, position)) {
      segments.push(segment(literal, placeholder))
      literal = ''
      placeholder = undefined
      position += delimiter.length
    } else {
      const character = String.fromCodePoint(text.codePointAt(position) ?? 0)
      if (character === '}') return fault('unbalanced-braces', position, 'A } has no { before it.')
      if (placeholder !== undefined) {
        const hint = `Write ${delimiter} between them, or the text first: ${character}…{${placeholder.name}}.`
        return fault('text-after-placeholder', position, `Text follows {${placeholder.name}} in the same segment.`, hint)
      }
      if (/[\u{10FFFF}\p{Cs}]/u.test(character)) {
        return fault(
          'bad-literal',
          position,
          'A literal can hold neither U+10FFFF, which bounds ranges, nor half of a surrogate pair.',
        )
      }
      literal += character
      position += character.length
    }
  }
  segments.push(segment(literal, placeholder))
  return {
    template: Object.freeze({ text, delimiter, segments: Object.freeze(segments), placeholders: Object.freeze(placeholders) }),
  }
}

function parsePlaceholder(text: string, start: number): { placeholder: Placeholder; end: number } | { fault: TemplateFault } {
  const close = text.indexOf('}', start)
  const nested = text.indexOf('{', start + 1)
  if (close < 0 || (nested >= 0 && nested < close))
    return fault('unbalanced-braces', start, 'A { is not closed.', 'Add the missing }.')
  const inside = text.slice(start + 1, close)
  const colon = inside.indexOf(':')
  const name = colon < 0 ? inside : inside.slice(0, colon)
  const modifier = colon < 0 ? undefined : inside.slice(colon + 1)
  if (name === '') return fault('empty-placeholder', start, `{${inside}} names no attribute.`)
  if (!attributeName.test(name)) {
    const hint = 'Names are letters, digits, _ and -; only attributes at the top of an item can be part of a key.'
    return fault('bad-name', start, `{${name}} is not the name of an attribute.`, hint)
  }
  const bucket = buckets.find((one) => one === modifier)
  if (modifier !== undefined && modifier !== 'desc' && bucket === undefined) {
    return fault(
      'unknown-modifier',
      start,
      `{${inside}} has the unknown modifier ${JSON.stringify(modifier)}.`,
      `There is :desc, and for times ${buckets.map((one) => `:${one}`).join(', ')}.`,
    )
  }
  const placeholder = { name, descending: modifier === 'desc', ...(bucket !== undefined && { bucket }) }
  return { placeholder: Object.freeze(placeholder), end: close + 1 }
}

function segment(literal: string, placeholder: Placeholder | undefined): Segment {
  return Object.freeze(placeholder === undefined ? { literal } : { literal, placeholder })
}

function fault(code: TemplateFaultCode, position: number, message: string, hint?: string): { fault: TemplateFault } {
  return { fault: Object.freeze(hint === undefined ? { code, message, position } : { code, message, hint, position }) }
}
