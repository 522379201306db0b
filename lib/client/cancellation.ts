// Which reasons of a cancelled transaction pass by themselves.

/** DynamoDB's codes for what passes: another transaction on the item, or too much traffic. */
const passing: readonly string[] = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']

export function passes(code: string): boolean {
  return passing.includes(code)
}
