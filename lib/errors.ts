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
    super(
      'ModelError',
      `The model has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${lines.join('\n')}`,
    )
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
  | 'reads-first'

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

/** The key of an item, by attribute name in code. */
export type ItemKey = Readonly<Record<string, unknown>>

/** An error about one item: `entity` and `key` say which. */
export class ItemError extends SingletError {
  readonly entity: string
  readonly key: ItemKey
  constructor(code: string, entity: string, key: ItemKey, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.entity = entity
    this.key = key
  }
}

/** An update found no item. Create it, or pass `upsert: true`. */
export class ItemNotFoundError extends ItemError {
  constructor(entity: string, key: ItemKey) {
    super(
      'ItemNotFound',
      entity,
      key,
      `There is no ${entity} with the key ${showKey(key)}. Create it first, or update with { upsert: true }.`,
    )
  }
}

/** A create found the item there already. `item` is what is there, when the engine tells. */
export class ItemExistsError extends ItemError {
  readonly item: unknown
  constructor(entity: string, key: ItemKey, item: unknown) {
    super(
      'ItemExists',
      entity,
      key,
      `A ${entity} with the key ${showKey(key)} exists. Use put() to replace it, or update() to change it.`,
    )
    this.item = item
  }
}

/** The condition of a write did not hold. `item` is what is there, undefined when there is none or the engine does not tell. */
export class ConditionFailedError extends ItemError {
  readonly item: unknown
  constructor(entity: string, key: ItemKey, item: unknown, message?: string, code = 'ConditionFailed') {
    super(code, entity, key, message ?? `The condition on the ${entity} with the key ${showKey(key)} does not hold.`)
    this.item = item
  }
}

/** Somebody else has written the item since it was read. Read it again, and decide again. */
export class VersionConflictError extends ConditionFailedError {
  readonly expected: number | undefined
  constructor(entity: string, key: ItemKey, item: unknown, expected: number | undefined) {
    const wanted = expected === undefined ? 'not to exist' : `to have version ${expected}`
    super(
      entity,
      key,
      item,
      `The ${entity} with the key ${showKey(key)} was expected ${wanted}. Read it again before you write it.`,
      'VersionConflict',
    )
    this.expected = expected
  }
}

/** Another item has a value that must be unique. Nothing was written. `owner` is that item's key, when the engine tells. */
export class UniqueConstraintError extends SingletError {
  readonly entity: string
  /** The constraint's name in `unique`; of a `CopyConflictError` the copy's name. */
  readonly constraint: string
  /** The values that are taken, by attribute. */
  readonly values: Readonly<Record<string, unknown>>
  readonly owner: ItemKey | undefined
  constructor(
    entity: string,
    constraint: string,
    values: Readonly<Record<string, unknown>>,
    owner: ItemKey | undefined,
    message?: string,
    code = 'UniqueConstraint',
  ) {
    super(
      code,
      message ?? `${entity}.unique.${constraint}: ${showKey(values)} is taken by ${ownerText(entity, owner)}. Use another value.`,
    )
    this.entity = entity
    this.constraint = constraint
    this.values = values
    this.owner = owner
  }
}

/** Another item has its copy under the key that this item's copy would have. Nothing was written. `owner` is that item's key. */
export class CopyConflictError extends UniqueConstraintError {
  /** The name of the copy's entity. */
  readonly copy: string
  constructor(entity: string, copy: string, values: Readonly<Record<string, unknown>>, owner: ItemKey | undefined) {
    const message = `${copy}: the copy of ${ownerText(entity, owner)} has the key ${showKey(values)} already. Use another value.`
    super(entity, copy, values, owner, message, 'CopyConflict')
    this.copy = copy
  }
}

function ownerText(entity: string, owner: ItemKey | undefined): string {
  return owner === undefined ? 'another item' : `the ${entity} with the key ${showKey(owner)}`
}

/** Other writers changed the item each time between the read and the write of an update. Nothing was written. */
export class ContentionError extends ItemError {
  readonly attempts: number
  constructor(entity: string, key: ItemKey, attempts: number) {
    super(
      'Contention',
      entity,
      key,
      `The ${entity} with the key ${showKey(key)} was changed by others in each of ${attempts} attempts. Try again, or pass the values you know as { known }.`,
    )
    this.attempts = attempts
  }
}

/**
 * The answer to a write was lost, as when a connection breaks, and nothing since has told what became of it: it may have been done, once,
 * or not. Look at the item before you decide. After any other error of a write nothing was written.
 */
export class OutcomeUnknownError extends ItemError {
  /** The item as it was found when the write was sent again; undefined when there was none, or when it was not sent again. */
  readonly item: unknown
  constructor(entity: string, key: ItemKey, item: unknown, options?: ErrorOptions) {
    super(
      'OutcomeUnknown',
      entity,
      key,
      `An answer was lost while the ${entity} with the key ${showKey(key)} was written: it may have been done or not. Read the item before you repeat it.`,
      options,
    )
    this.item = item
  }
}

/** A stored item that does not fit its entity: a wrong type, a missing attribute, an unknown type name, a key made by hand. */
export interface Misfit {
  /** The entity it was read as, when that is known. */
  readonly entity: string | undefined
  /** The item's primary key as stored. */
  readonly key: Readonly<Record<string, unknown>>
  /** The attribute that does not fit. */
  readonly path: string
  readonly message: string
  /** The item as stored, in DynamoDB's own form. */
  readonly stored: Readonly<Record<string, unknown>>
}

/** A stored item does not fit its entity. Thrown where there is nothing else to give, or with `onMisfit: 'throw'`. */
export class MisfitError extends SingletError {
  readonly misfit: Misfit
  constructor(misfit: Misfit) {
    super('Misfit', `The stored item ${showKey(misfit.key)} does not fit ${misfit.entity ?? 'any entity'}: ${misfit.message}`)
    this.misfit = misfit
  }
}

/** A cursor is not one that this pattern gave for this input: forged, damaged, or of another pattern, partition or version of the model. */
export class InvalidCursorError extends SingletError {
  readonly pattern: string
  constructor(pattern: string, reason: string) {
    super('InvalidCursor', `The cursor does not belong to this call of ${pattern}: ${reason}. Start again without a cursor.`)
    this.pattern = pattern
  }
}

function showKey(key: ItemKey): string {
  return JSON.stringify(key, (_, value) => (typeof value === 'bigint' ? String(value) : value))
}
