// A write as an action of a transaction.
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { WriteRequest } from './write-request.ts'

/** A transaction answers no attributes, so it takes no ReturnValues; and an update that changes nothing is a check of its condition. */
export function transactItem(request: WriteRequest): TransactWriteItem {
  if ('ConditionCheck' in request) return request
  if ('Put' in request) return { Put: request.Put as NonNullable<TransactWriteItem['Put']> }
  if ('Update' in request) {
    const { ReturnValues: _, ...update } = request.Update
    if (update.UpdateExpression === undefined)
      return { ConditionCheck: update as NonNullable<TransactWriteItem['ConditionCheck']> }
    return { Update: update as NonNullable<TransactWriteItem['Update']> }
  }
  const { ReturnValues: _, ...deletion } = request.Delete
  return { Delete: deletion as NonNullable<TransactWriteItem['Delete']> }
}
