// A write that can't be done, in a transaction with others: what it found is one reason of several, and DynamoDB gives the others.
import type { SingletError } from '../errors.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import type { Connection } from './connection.ts'
import type { Attempt } from './write-request.ts'

/**
 * Stands for a write that its own reading has ruled out. Its condition can't hold, so that nothing of the transaction is written, and the conditions
 * of all other operations are evaluated: a guard among them tells a request that comes again from one that was never possible.
 *
 * @param refused what it means, given the item that DynamoDB finds
 */
export function impossibleAttempt(
  { model: { table }, tableName }: Connection,
  key: StoredItem,
  refused: (item: StoredItem | undefined) => 'retry' | SingletError,
): Attempt<never> {
  return {
    request: {
      ConditionCheck: {
        TableName: tableName,
        Key: key,
        ConditionExpression: 'attribute_exists(#pk) AND attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': table.partitionKey.name },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
    refused,
    result() {
      throw new TypeError('A write that is impossible was done.')
    },
  }
}
