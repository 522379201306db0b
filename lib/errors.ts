// Every error that Singlet throws. An error has a `code` to branch on, a message that says what to do next, and the data to do it with.

/** One thing that is wrong with a model: where, what, and what to do about it. */
export interface Problem {
  /** Stable identifier of the kind of problem, such as `unknown-attribute`. */
  readonly code: string
  /** Where the problem stands, such as `Order.indexes.GSI1.pk`. */
  readonly place: string
  /** What is wrong, as one sentence. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
}

/** What all errors of Singlet have in common: `error instanceof SingletError` tells them from everything else. */
export class SingletError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.name = new.target.name
  }
}

/** The model itself is wrong. Carries every problem found, not only the first. Thrown by `defineModel` and `connect`, before any request. */
export class ModelError extends SingletError {
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ place, message, hint }) => `  ${place}: ${message}${hint === undefined ? '' : ` ${hint}`}`)
    super('ModelError', `The model has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${lines.join('\n')}`)
    this.problems = problems
  }
}

/** The kinds of bad input; `ValidationError.reason` is one of them. */
export type ValidationReason =
  | 'unknown-attribute'
  | 'missing'
  | 'wrong-type'
  | 'out-of-range'
  | 'not-allowed'
  | 'check-failed'
  | 'precision'
  | 'empty-key'
  | 'key-too-long'
  | 'delimiter-in-key'
  | 'item-too-large'
  | 'unknown-path'
  | 'bad-range'
  | 'unknown-index'
  | 'async-schema'

/** An input does not fit its entity. Thrown before any request is sent; nothing is written. */
export class ValidationError extends SingletError {
  /** The attribute that is wrong, as a path from the item: `address.lines[2]`. */
  readonly path: string
  readonly reason: ValidationReason
  constructor(reason: ValidationReason, path: string, message: string, options?: ErrorOptions) {
    super('ValidationError', path === '' ? message : `${path}: ${message}`, options)
    this.reason = reason
    this.path = path
  }
}
