// What a write is, whatever it writes: a request that can be tried, what its refusal means, and what is written along with it.
import type { ConditionCheck, DeleteItemInput, PutItemInput, UpdateItemInput } from '@aws-sdk/client-dynamodb'
import type { SingletError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import type { WriteKind } from '../model/write-kind.ts'
import type { CompanionChange } from '../requests/companion-items.ts'
import type { StoredItem } from '../requests/index-keys.ts'

export type WriteRequest =
  | { readonly Put: PutItemInput }
  | { readonly Update: UpdateItemInput }
  | { readonly Delete: DeleteItemInput }
  | { readonly ConditionCheck: ConditionCheck }

/** A request whose condition may refuse it. */
export interface Tried {
  readonly request: WriteRequest
  /** What a failed condition means, given the item that is there: try again, or an error. */
  refused(item: StoredItem | undefined): 'retry' | SingletError
}

/** What a write needs to have written with it, all or nothing. */
export interface Along {
  /** Guards of unique values and copies that change. */
  readonly companions?: readonly CompanionChange[]
  /** Another item, as when a move deletes the old one. */
  readonly other?: Tried
}

/** One try of a write: its request, and how to read the answer. */
export interface Attempt<O> extends Tried, Along {
  /** Doing it twice is not the same as doing it once, as with `add`. */
  readonly accumulates?: boolean
  /** It may be sent again when its answer was lost. By default where it does not accumulate. */
  readonly repeatable?: boolean
  /** Whether an item that is there can only be this write's own doing. */
  isOwn?(item: StoredItem): boolean
  /** What awaiting the write gives, from the attributes that DynamoDB returned: none when more was written along with it. */
  result(attributes: StoredItem | undefined): O
}

export interface AttemptOptions {
  /** The write is not part of a transaction of the caller's, and its result is wanted. */
  readonly alone?: boolean
  /** False: where it must read it throws the `ValidationError` of `request()` instead. */
  readonly mayRead?: boolean
}

/** A write that can be tried, alone or in a transaction. */
export interface Write<O> {
  readonly kind: WriteKind
  readonly entity: ResolvedEntity
  attempt(options?: AttemptOptions): Promise<Attempt<O>>
  /** The request that the first attempt sends. Throws a `ValidationError` where only reading or waiting would tell. */
  request(): WriteRequest
  /** What the first attempt writes along with it. */
  along?(): Along
}

/** An item with the key that a request is for. */
export function storedKeyOf(request: WriteRequest): StoredItem {
  if ('Put' in request) return request.Put.Item ?? {}
  const { Key } = 'Update' in request ? request.Update : 'Delete' in request ? request.Delete : request.ConditionCheck
  return Key ?? {}
}
