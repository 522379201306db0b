// The codec of a union: the first alternative that fits, on condition that the value reads back as the same.
import { isDeepStrictEqual } from 'node:util'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../../errors.ts'
import type { AttributeDefinition } from '../attribute.ts'
import { describeValue, emptySetProblem } from '../misfit.ts'
import type { Codec } from './codec.ts'

interface Alternative {
  readonly name: string
  readonly codec: Codec
}

/** Tries the alternatives in order, on writing and on reading. */
export function unionCodec(
  definitions: readonly AttributeDefinition[],
  compile: (definition: AttributeDefinition) => Codec,
): Codec {
  const alternatives = definitions.map((definition) => ({ name: definition.type, codec: compile(definition) }))
  return {
    encode(value, path) {
      const problems: string[] = []
      for (const alternative of alternatives) {
        const stored = attempt(alternative, problems, () => presentIn(alternative.codec.encode(value, path), path))
        if (stored === undefined) continue
        checkReadsBack(alternatives, alternative, stored.result, path)
        return stored.result
      }
      throw noneFits(path, describeValue(value), problems)
    },
    decode(stored, path) {
      const problems: string[] = []
      for (const alternative of alternatives) {
        const value = attempt(alternative, problems, () => alternative.codec.decode(stored, path))
        if (value !== undefined) return value.result
      }
      throw noneFits(path, 'the stored value', problems)
    },
  }
}

/** The result of what one alternative does, or `undefined` when the value does not fit it, with its complaint noted. */
function attempt<R>({ name }: Alternative, problems: string[], run: () => R): { readonly result: R } | undefined {
  try {
    return { result: run() }
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    problems.push(`${name}: ${error.message.length > 120 ? `${error.message.slice(0, 120)}…` : error.message}`)
    return undefined
  }
}

/**
 * The table does not say which alternative wrote a value. When an earlier one would read it as something else (a string instead of a Date,
 * a map without some of its attributes), it is refused rather than changed.
 */
function checkReadsBack(alternatives: readonly Alternative[], writer: Alternative, stored: AttributeValue, path: string): void {
  for (const reader of alternatives) {
    if (reader === writer) return
    const read = attempt(reader, [], () => reader.codec.decode(stored, path))
    if (read === undefined) continue
    if (isDeepStrictEqual(read.result, writer.codec.decode(stored, path))) return
    throw new ValidationError(
      'check-failed',
      path,
      `the value fits the alternative ${writer.name}, but it would be read back as ${reader.name}, which comes first. ` +
        'Change their order, or tell them apart with a literal() in each map.',
    )
  }
}

function presentIn(stored: AttributeValue | undefined, path: string): AttributeValue {
  if (stored === undefined) throw emptySetProblem(path)
  return stored
}

function noneFits(path: string, what: string, problems: readonly string[]): ValidationError {
  return new ValidationError('wrong-type', path, `${what} fits none of the alternatives (${problems.join('; ')}).`)
}
