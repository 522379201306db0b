// What placing, cancelling and moving do, on plain maps, one after the other. Knows nothing of conditions, requests or transactions.

export interface Counts {
  available: number
  reserved: number
}

export interface Line {
  readonly product: number
  readonly quantity: number
}

/** Something that happens to the stock. Products, warehouses and requests are told by numbers. */
export type Command =
  | { readonly kind: 'place'; readonly request: number; readonly warehouse: number; readonly lines: readonly Line[] }
  | { readonly kind: 'cancel'; readonly request: number }
  | { readonly kind: 'transfer'; readonly product: number; readonly from: number; readonly to: number; readonly quantity: number }

export interface PlacedOrder {
  readonly warehouse: number
  readonly lines: readonly Line[]
  cancelled: boolean
}

/** How a command ends: done, or refused, and a checkout says why. */
export type Ending =
  | { readonly done: true }
  | { readonly done: false; readonly repeated?: boolean; readonly short?: readonly { line: number; available: number }[] }

const refused: Ending = { done: false }

export function createStockOracle(stock: ReadonlyMap<string, Readonly<Counts>>) {
  const counts = new Map([...stock].map(([place, row]): [string, Counts] => [place, { ...row }]))
  /** Orders by the request that they came of. */
  const orders = new Map<number, PlacedOrder>()

  function place({ request, warehouse, lines }: Extract<Command, { kind: 'place' }>): Ending {
    const short = lines.flatMap(({ product, quantity }, line) => {
      const available = counts.get(placeOf(product, warehouse))?.available ?? 0
      return available < quantity ? [{ line, available }] : []
    })
    if (orders.has(request)) return { done: false, repeated: true, short }
    if (short.length > 0 || lines.some(({ product }) => !counts.has(placeOf(product, warehouse)))) return { done: false, short }
    for (const { product, quantity } of lines) move(product, warehouse, -quantity, quantity)
    orders.set(request, { warehouse, lines, cancelled: false })
    return { done: true }
  }

  function cancel(request: number): Ending {
    const order = orders.get(request)
    if (order === undefined || order.cancelled) return refused
    for (const { product, quantity } of order.lines) move(product, order.warehouse, quantity, -quantity)
    order.cancelled = true
    return { done: true }
  }

  function transfer({ product, from, to, quantity }: Extract<Command, { kind: 'transfer' }>): Ending {
    const source = counts.get(placeOf(product, from))
    if (from === to || source === undefined || source.available < quantity || !counts.has(placeOf(product, to))) return refused
    move(product, from, -quantity, 0)
    move(product, to, quantity, 0)
    return { done: true }
  }

  function move(product: number, warehouse: number, available: number, reserved: number): void {
    const row = counts.get(placeOf(product, warehouse))
    if (row === undefined) throw new TypeError('Nothing is known of this stock.')
    row.available += available
    row.reserved += reserved
  }

  return {
    counts,
    orders,
    apply(command: Command): Ending {
      if (command.kind === 'place') return place(command)
      return command.kind === 'cancel' ? cancel(command.request) : transfer(command)
    },
  }
}

export function placeOf(product: number, warehouse: number): string {
  return `${product} in ${warehouse}`
}
