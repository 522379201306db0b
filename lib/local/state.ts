// The state of one engine, and what an operation is: a function of it that is over when it returns. Because no operation waits in the
// middle, no two are ever half done at once: requests take effect one by one, in the order of their arrival, transactions included.
import type { EngineClock } from './clock.ts'
import type { Dynalite, MemberRules } from './dynalite.ts'
import { checkExpressionSizes } from './expression-size.ts'
import { checkNesting } from './nesting.ts'
import type { OperationName } from './operation-name.ts'
import { applyChanges, type ItemChange, type Store } from './store.ts'
import type { Streams } from './stream-log.ts'
import { logChanges } from './stream-writer.ts'
import { Turn } from './turn.ts'
import type { Params } from './wire.ts'

/** A transaction's first answer, kept for the repetition of its `ClientRequestToken`. */
export interface AnsweredToken {
  readonly at: number
  readonly digest: string
  readonly repeatedReply: Params
}

export interface EngineState {
  readonly dynalite: Dynalite
  readonly clock: EngineClock
  readonly store: Store
  readonly tokens: Map<string, AnsweredToken>
  readonly streams: Streams
}

/** An operation. Synchronous by design: see above. May take its parameters apart; they are its own. */
export type Operation = (state: EngineState, params: Params) => Params

/** Some of the operations that the engine knows, by name. */
export type OperationTable = { readonly [Name in OperationName]?: Operation }

/** Checks parameters as dynalite does and gives them parsed. Members without a rule are dropped. */
export function parse(state: EngineState, operation: string, params: Params, moreRules: MemberRules = {}): Params {
  const { types, custom } = state.dynalite.rules(operation)
  return check(state, params, { ...types, ...moreRules }, custom)
}

/** Checks parameters against rules in dynalite's vocabulary. Throws a SerializationException or ValidationException. */
export function check(
  { dynalite, store }: EngineState,
  params: Params,
  rules: MemberRules,
  custom?: ReturnType<Dynalite['rules']>['custom'],
): Params {
  const data = dynalite.validations.checkTypes(params, rules)
  checkNesting(data)
  checkExpressionSizes(data)
  dynalite.validations.checkValidations(data, rules, custom ?? null, new Turn(dynalite, store))
  return data
}

/** Makes the changes of one request, all at once. `cause` is given when it is not a request but time to live that deletes. */
export function commit({ store, clock }: EngineState, changes: readonly ItemChange[], cause?: 'expiry'): void {
  applyChanges(store, changes)
  logChanges(store, changes, clock.now(), cause === 'expiry')
}
