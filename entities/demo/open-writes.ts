// All writes of a model's entities, for what fills a table with items that belong together already.
import { connectionOf } from '../../lib/client/connect.ts'
import { type EntityOperations, entityOperations } from '../../lib/client/entity-operations.ts'
import type { AccessPatterns, AnyEntity, ConnectOptions, Entities, Model } from '../../lib/index.ts'

/** The entities, connected, without their `onlyInTransactions`: a data set is right as a whole, and no transaction has to keep it so. */
export function openWrites(
  model: Model<Entities, AccessPatterns>,
  options: ConnectOptions,
): Readonly<Record<string, EntityOperations<AnyEntity>>> {
  const connection = connectionOf(model, options)
  const all = Object.entries(model.resolved.entities).map(([name, entity]) => [name, entityOperations(connection, entity)])
  return Object.freeze(Object.fromEntries(all))
}
