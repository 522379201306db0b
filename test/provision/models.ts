// The model that most tests of provisioning use, with every kind of index.
import { defineModel } from '../../lib/model/define-model.ts'
import { defineEntity } from '../../lib/model/entity.ts'
import { defineTable, type TableInput } from '../../lib/model/table.ts'
import { string } from '../../lib/schema/scalars.ts'
import { expiresAt } from '../../lib/schema/times.ts'

export const tableInput = {
  name: 'shop',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK', projection: ['title', 'total'] },
    GSI2: { partitionKey: 'GSI2PK', projection: 'KEYS_ONLY' },
    Inverted: { partitionKey: 'SK', sortKey: 'PK' },
    ByDate: { type: 'local', sortKey: 'LSI1SK' },
  },
  timeToLive: 'expiresAt',
} as const satisfies TableInput

const Session = defineEntity('Session', {
  attributes: { userId: string(), sessionId: string(), expiresAt: expiresAt() },
  key: { pk: 'USER#{userId}', sk: 'SESSION#{sessionId}' },
})

/** A model of the table above, with changes. */
export const modelOf = (changes: Partial<TableInput> = {}) =>
  defineModel({ table: defineTable({ ...tableInput, ...changes }), entities: { Session } })

export const shop = modelOf()

const { timeToLive: _, ...permanentTable } = tableInput

const Note = defineEntity('Note', {
  attributes: { userId: string(), noteId: string() },
  key: { pk: 'USER#{userId}', sk: 'NOTE#{noteId}' },
})

/** The same table without time to live, which its projections then lack too. */
export const permanentShop = defineModel({ table: defineTable(permanentTable), entities: { Note } })

/** A table of a primary key alone. */
export const simpleModel = (timeToLive?: string) =>
  defineModel({
    table: defineTable({ name: 'shop', partitionKey: 'PK', sortKey: 'SK', ...(timeToLive !== undefined && { timeToLive }) }),
    entities: { Note },
  })
