// What a refused checkout means to the customer. A transaction says which of its writes were refused; this says which lines those were.
import {
  ConditionFailedError,
  ContentionError,
  ItemExistsError,
  ItemNotFoundError,
  TransactionCanceledError,
  ValidationError,
} from '../../lib/index.ts'
import { CheckoutRequest } from './checkout-request.ts'
import { Inventory } from './inventory.ts'

/** A line of which there is not enough. */
export interface ShortLine {
  /** Its place in the input, from 0. */
  readonly line: number
  readonly productId: string
  readonly wanted: number
  readonly available: number
}

export interface CheckoutRefusal {
  /** The order that this very request has become before. Nothing is wrong then: show it. */
  readonly placedAs?: string
  readonly short: readonly ShortLine[]
  /** Nothing is wrong with the order: others were in the way, or there was no throughput. Try again later. */
  readonly busy?: true
}

interface Lines {
  readonly lines: readonly { readonly productId: string; readonly quantity: number }[]
}

/**
 * Explains why `placeOrder` was refused. With neither an order nor short lines, and not `busy`, it was the cart (or an identifier
 * used twice): read the cart again. An error that is no refusal is thrown again: bad input, or an outcome that is not known.
 *
 * @example
 * const refused = await shop.patterns.placeOrder(input).catch((error) => checkoutRefusal(error, input))
 */
export function checkoutRefusal(refused: unknown, { lines }: Lines): CheckoutRefusal {
  if (refused instanceof ContentionError) return { short: [], busy: true }
  if (!(refused instanceof TransactionCanceledError)) throw refused
  const errors = refused.reasons.flatMap(({ error }) => (error === undefined ? [] : [error]))
  if (errors.length === 0) return { short: [], busy: true }
  // An item that became too large, say: trying again would not help.
  if (errors.some((error) => error instanceof ValidationError)) throw refused
  let placedAs: string | undefined
  const short: ShortLine[] = []
  for (const error of errors) {
    if (error instanceof ItemExistsError && error.entity === CheckoutRequest.name) placedAs = orderOf(error.item)
    if (!(error instanceof ConditionFailedError || error instanceof ItemNotFoundError) || error.entity !== Inventory.name)
      continue
    const line = lines.findIndex(({ productId }) => productId === error.key.productId)
    const wanted = lines[line]
    if (wanted === undefined) continue
    const available = error instanceof ConditionFailedError ? availableOf(error.item) : 0
    short.push({ line, productId: wanted.productId, wanted: wanted.quantity, available })
  }
  return { ...(placedAs !== undefined && { placedAs }), short }
}

function orderOf(item: unknown): string | undefined {
  return (item as { readonly orderId?: string } | undefined)?.orderId
}

/** Nothing, where the engine does not tell. */
function availableOf(item: unknown): number {
  return (item as { readonly available?: number } | undefined)?.available ?? 0
}
