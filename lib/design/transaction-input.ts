// The input of a transaction pattern made complete: defaults, what is generated, and what Standard Schemas make of it.
import { ValidationError } from '../errors.ts'
import type { ResolvedTransaction } from '../model/resolved.ts'
import { isPlainObject } from '../plain-object.ts'
import { withDefaults } from '../schema/defaults.ts'
import { wrongType } from '../schema/misfit.ts'
import { applySchemas } from '../schema/standard-validation.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * The input as the pattern's function is to see it; a promise only when a schema of it is asynchronous.
 *
 * @throws {ValidationError} for what does not fit, is missing, or is not an attribute of the input
 */
export function completeTransactionInput(transaction: ResolvedTransaction, given: object, now: Date): Values | Promise<Values> {
  const { name, input } = transaction
  if (!isPlainObject(given)) throw wrongType('', `an object with the input of ${name}`, given)
  const values = withDefaults(input.definitions, given, now)
  const checked = (complete: Values): Values => {
    // Encoding judges every value at its path, the unknown ones too; what it gives is for the table and not for a function.
    input.codec.encode(complete, '')
    checkTransactionInput(transaction, complete)
    return Object.freeze(complete)
  }
  if (!input.hasSchemas) return checked(values)
  const applied = applySchemas(input.definitions, values, 'whole')
  return applied instanceof Promise ? applied.then(checked) : checked(applied)
}

/** Judges an input as a whole, by the pattern's own checks. Throws a `ValidationError`. */
export function checkTransactionInput({ name, definition }: ResolvedTransaction, input: Values): void {
  for (const check of definition.checks) {
    const answer = check(input)
    if (answer !== true)
      throw new ValidationError(
        'check-failed',
        '',
        `${name}: ${answer === false ? 'the input does not pass its check.' : answer}`,
      )
  }
}
