// What every operation of a connected model shares: client, table name, clock and settings. Made by connect(), frozen.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Misfit } from '../errors.ts'
import type { ResolvedEntity, ResolvedModel } from '../model/resolved.ts'
import type { Context } from '../requests/context.ts'

/**
 * What happens when a stored item does not fit its entity.
 * `throw`: the read fails with a `MisfitError`. `skip`: it is left out. A function is called with it, and it is left out.
 */
export type OnMisfit = 'throw' | 'skip' | ((misfit: Misfit) => void)

export interface Connection {
  readonly model: ResolvedModel
  readonly client: DynamoDBClient
  readonly tableName: string
  readonly now: () => Date
  readonly onMisfit: OnMisfit | undefined
  readonly cursorSecret: string | undefined
  /** Chooses random shards: a number from 0 up to and without 1. */
  readonly random: () => number
  /** What items and keys take from the connection. */
  readonly context: Context
}

/** On whose behalf a request is sent, for observers. */
export interface Origin {
  /** Of a request for one item. */
  readonly entity?: string
  /** Of a batch or a transaction: the entities of its items, each once. */
  readonly entities?: readonly string[]
  readonly pattern?: string
}

/** The origin of a request for several items. */
export function originOf(items: readonly { readonly entity: ResolvedEntity }[], pattern?: string): Origin {
  return { entities: [...new Set(items.map(({ entity }) => entity.name))], ...(pattern !== undefined && { pattern }) }
}
