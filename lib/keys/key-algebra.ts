// Which keys can two templates both produce, and which templates reach into a key range. Decides by segments, which is sound because
// encoded values hold no delimiter. Where it cannot be sure it says yes: it may see an overlap that is none, never miss one.
import type { KeyCodec, TemplateKeyCodec } from './key-codec.ts'
import { partOfSegment } from './key-codec.ts'
import type { KeyValueCodec } from './value-codec.ts'

/** A segment as the algebra sees it: fixed text, then possibly a value. */
interface Piece {
  readonly literal: string
  readonly value: KeyValueCodec | undefined
}

/**
 * Whether two codecs of the same key attribute can produce the same key.
 *
 * @example
 * keysOverlap(codec('USER#{id}'), codec('USER#PROFILE')) // true, for the user whose id is PROFILE
 * keysOverlap(codec('USER#{id}'), codec('USER#{id}#X'))  // false, whatever the id
 */
export function keysOverlap(a: KeyCodec, b: KeyCodec): boolean {
  if (a.attributeType !== b.attributeType) return false
  const finite = finiteKeys(a)
  if (finite !== undefined) return finite.some((key) => b.decode(key) !== undefined)
  const otherFinite = finiteKeys(b)
  if (otherFinite !== undefined) return otherFinite.some((key) => a.decode(key) !== undefined)
  if (a.native || b.native || !sameLayout(a, b)) return true

  const left = piecesOf(a)
  const right = piecesOf(b)
  return left.length === right.length && left.every((piece, index) => unify(piece, right[index] ?? emptyPiece))
}

/**
 * Whether `other` can produce a key inside the range that `keyRange(codec, {})` gives: the key itself when `codec` is made of literals
 * only, otherwise all keys that begin with the literal text before its first placeholder.
 *
 * @example
 * reachesDefaultRange(codec('ORDER#{id}'), codec('ORDER#{id}#ITEM#{n}')) // true: begins_with ORDER# returns the items too
 * reachesDefaultRange(codec('ORDER#{id}'), codec('PROFILE'))             // false
 */
export function reachesDefaultRange(codec: KeyCodec, other: KeyCodec): boolean {
  if (codec.attributeType !== other.attributeType) return false
  if (codec.native) return true
  const first = codec.parts[0]
  if (first === undefined) return other.decode(codec.tail) !== undefined
  return canBeginWith(other, first.lead, codec)
}

/** Every key of a codec, when these are few and known: a template of literals, or a natural key with a list of values. */
function finiteKeys(codec: KeyCodec): readonly string[] | undefined {
  if (codec.native) return codec.attributeType === 'S' ? codec.value.texts : undefined
  return codec.parts.length === 0 ? [codec.tail] : undefined
}

function canBeginWith(other: KeyCodec, prefix: string, codec: TemplateKeyCodec): boolean {
  if (prefix === '') return true
  const finite = finiteKeys(other)
  if (finite !== undefined) return finite.some((key) => key.startsWith(prefix))
  if (other.native || !sameLayout(codec, other)) return true

  const { delimiter } = codec.template
  const texts = prefix.split(delimiter)
  const open = texts.length - 1
  const pieces = piecesOf(other)
  if (pieces.length < texts.length) return false
  return texts.every((text, index) => {
    const piece = pieces[index] ?? emptyPiece
    if (index < open) return unify(piece, { literal: text, value: undefined })
    // The open end of the prefix may hold the start of a long delimiter, which then stands behind the piece and not in it.
    if (delimiter.length > 1 && index < pieces.length - 1) return true
    return canStartWith(piece, text)
  })
}

/** Templates of one table share encoding and delimiter; of others nothing is known. */
function sameLayout(a: TemplateKeyCodec, b: TemplateKeyCodec): boolean {
  return a.encoding === b.encoding && a.template.delimiter === b.template.delimiter
}

const emptyPiece: Piece = Object.freeze({ literal: '', value: undefined })

function piecesOf(codec: TemplateKeyCodec): readonly Piece[] {
  return codec.template.segments.map((segment) => ({ literal: segment.literal, value: partOfSegment(codec, segment)?.value }))
}

/** Whether two segments can have the same text. */
function unify(a: Piece, b: Piece): boolean {
  if (a.value === undefined) return b.value === undefined ? a.literal === b.literal : isOf(b.literal, b.value, a.literal)
  if (b.value === undefined) return isOf(a.literal, a.value, b.literal)
  if (b.literal.startsWith(a.literal)) return valuesMeet(a.value, b.literal.slice(a.literal.length), b.value)
  return a.literal.startsWith(b.literal) && valuesMeet(b.value, a.literal.slice(b.literal.length), a.value)
}

/** Whether `text` is the literal followed by some value; exact. */
function isOf(literal: string, value: KeyValueCodec, text: string): boolean {
  return text.startsWith(literal) && value.decode(text.slice(literal.length)) !== undefined
}

/** Whether some text of `whole` can be `rest` followed by a text of `end`. */
function valuesMeet(whole: KeyValueCodec, rest: string, end: KeyValueCodec): boolean {
  if (whole.texts !== undefined) return whole.texts.some((text) => isOf(rest, end, text))
  if (end.texts !== undefined) return end.texts.some((text) => whole.decode(rest + text) !== undefined)
  if (!valueCanStartWith(whole, rest) || !shareCharacters(whole.characters, end.characters)) return false
  if (whole.length === undefined) return true
  return end.length === undefined ? whole.length > rest.length : whole.length === rest.length + end.length
}

function shareCharacters(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || [...a].some((character) => b.includes(character))
}

/** Whether a segment's text can begin with `start`. */
function canStartWith({ literal, value }: Piece, start: string): boolean {
  if (literal.startsWith(start)) return true
  return value !== undefined && start.startsWith(literal) && valueCanStartWith(value, start.slice(literal.length))
}

function valueCanStartWith({ texts, characters, length }: KeyValueCodec, start: string): boolean {
  if (texts !== undefined) return texts.some((text) => text.startsWith(start))
  if (length !== undefined && start.length > length) return false
  return characters === undefined || [...start].every((character) => characters.includes(character))
}
