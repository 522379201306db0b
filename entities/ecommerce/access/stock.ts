// What moves stock, apart from sales.
import { add, transaction, ValidationError } from '../../../lib/index.ts'
import { productReference, quantity, warehouse } from '../attributes.ts'
import { Inventory } from '../inventory.ts'

export const stockPatterns = {
  transferStock: transaction(
    { Inventory },
    {
      productId: productReference(),
      from: warehouse().describe('Where it lies'),
      to: warehouse().describe('Where it is taken; the product is listed there already').example('BAS1'),
      quantity: quantity().example(2),
    },
    ({ productId, from, to, quantity }, { Inventory }) => {
      if (from === to)
        throw new ValidationError('not-allowed', 'to', `is ${from}, where the stock lies already. Name another warehouse.`)
      return [
        Inventory.update(
          { productId, warehouseId: from },
          { available: add(-quantity) },
          { if: { available: { gte: quantity } } },
        ),
        Inventory.update({ productId, warehouseId: to }, { available: add(quantity) }),
      ]
    },
  )
    .describe(
      'Moves unreserved stock to another warehouse. Adds, so a repetition needs the clientRequestToken of the first attempt',
    )
    .rate({ perSecond: 0.02 }),
}
