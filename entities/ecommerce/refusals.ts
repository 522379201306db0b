// What a refused checkout means to the customer. A transaction says which of its writes were refused; this says which lines those were.
import { ConditionFailedError, ItemExistsError, ItemNotFoundError, type TransactionCanceledError } from '../../lib/index.ts'
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
}

interface Lines {
  readonly lines: readonly { readonly productId: string; readonly quantity: number }[]
}

/**
 * Explains why `placeOrder` was refused. With neither an order nor short lines, it was the cart (or an identifier used twice): read the
 * cart again.
 *
 * @example
 * const refused = await shop.patterns.placeOrder(input).catch((error) => checkoutRefusal(error, input))
 */
export function checkoutRefusal({ reasons }: TransactionCanceledError, { lines }: Lines): CheckoutRefusal {
  let placedAs: string | undefined
  const short: ShortLine[] = []
  for (const { error } of reasons) {
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
