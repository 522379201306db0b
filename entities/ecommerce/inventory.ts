// Stock of a product in a warehouse.
import { datetime, defineEntity, inverted, number, string, updatedAt } from '../../lib/index.ts'
import { productReference, warehouse } from './attributes.ts'

/**
 * No version here: the counters change with every sale, by `add()` under a condition, which needs no earlier read. They are in no key for
 * the same reason. The work queue uses `lowSince` instead, which is set and removed once, when the count passes the reorder point.
 *
 * A sale does not set `lowSince`: it knows what it takes but not what is left, and to read that first would make every two sales of one
 * product wait for each other. The stock job does, which sees each count on the table's stream; so the queue is some seconds behind the
 * counters, and is never asked whether something can be sold.
 *
 * A warehouse is one partition of the inverted index, which holds keys only and so does not see the counters move.
 */
export const Inventory = defineEntity('Inventory', {
  description: 'How many of a product lie in a warehouse. INVENTORY sorts next to PRODUCT and apart from the many reviews.',
  attributes: {
    productId: productReference(),
    warehouseId: warehouse().describe('Where it lies'),
    available: number({ min: 0, integer: true }).describe('Pieces that can be sold').example(7),
    reserved: number({ min: 0, integer: true }).default(0).describe('Pieces in orders that have not left').example(6),
    reorderPoint: number({ min: 0, integer: true }).describe('Order more from the supplier at this count').example(10),
    lowSince: datetime()
      .optional()
      .describe('Since when the count is at or under the reorder point; absent while it is over it. Kept by the stock job')
      .example(new Date('2030-03-12T09:38:53Z')),
    bin: string({ max: 20 }).optional().describe('Shelf').example('C-14-3'),
    updatedAt: updatedAt().example(new Date('2030-03-12T09:38:53Z')),
  },
  key: { pk: 'PRODUCT#{productId}', sk: 'INVENTORY#{warehouseId}' },
  indexes: {
    GSI2: { pk: 'LOW_STOCK#{warehouseId}', sk: '{lowSince}' },
    Inverted: inverted(),
  },
})
