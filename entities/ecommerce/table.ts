// The table of the shop: one table for all entities, and what each of its indexes is there for.
import { defineTable } from '../../lib/index.ts'

/**
 * - `GSI1` finds items by another identity (e-mail address, SKU, tracking number) and lists them by another parent (day, product, customer).
 *   It is overloaded: every entity brings a partition prefix of its own. It holds whole items, so one query answers.
 * - `GSI2` holds the work queues. It is sparse: an item is in it only while somebody has to act on it, so every partition drains. KEYS_ONLY
 *   keeps it small, and changes of other attributes cost it nothing.
 * - `GSI3` is the catalogue: active products by category and price, with what a product tile shows and no more.
 * - `Inverted` reads relations backwards. KEYS_ONLY again: it is written only when an item comes or goes, so carts and stock counters, which
 *   change all the time, do not pay for it. As every item is in it physically, no sort key in this model is a constant: all items with that
 *   sort key would share one partition.
 * - `ByDate` is local, for the two lists that must show what was written a moment ago. A table with a local index holds at most 10 GB for
 *   each partition key, and cannot split one for heat; every partition key below is therefore one customer, product, order or cart.
 */
export const table = defineTable({
  name: 'ecommerce',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK', projection: 'KEYS_ONLY' },
    GSI3: {
      partitionKey: 'GSI3PK',
      sortKey: 'GSI3SK',
      projection: ['name', 'currency', 'coverImage', 'averageRating', 'reviewCount'],
    },
    Inverted: { partitionKey: 'SK', sortKey: 'PK', projection: 'KEYS_ONLY' },
    ByDate: { type: 'local', sortKey: 'LSI1SK' },
  },
  timeToLive: 'expiresAt',
})
