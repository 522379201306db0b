// What every operation of a connected model shares: client, table name, clock and settings. Made by connect(), frozen.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Misfit } from '../errors.ts'
import type { ResolvedModel } from '../model/resolved.ts'

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
}

/** On whose behalf a request is sent, for observers. */
export interface Origin {
  readonly entity?: string
  readonly pattern?: string
}
