// Refuses faults that are malformed, or that could never strike and so would let a test pass for nothing.
import type { Fault } from './fault.ts'
import { batches, type OperationName, operationNames, singleWrites, transactions } from './operation-name.ts'

const scopeMembers = ['kind', 'operations', 'table', 'matching', 'times', 'probability', 'seed']
const ownMembers: { readonly [Kind in Fault['kind']]: readonly string[] } = {
  throttle: ['error'],
  unprocessed: ['share'],
  transactionConflict: [],
  internalError: ['when'],
  latency: ['milliseconds', 'when'],
  disconnect: ['when'],
}

/** The operations that a kind of fault can happen to. */
export function applicableOperations(kind: Fault['kind']): readonly OperationName[] {
  if (kind === 'unprocessed') return batches
  return kind === 'transactionConflict' ? [...singleWrites, ...transactions] : operationNames
}

/** Throws a TypeError or RangeError that says what is wrong with a fault. */
export function checkFault(fault: Fault): void {
  const { kind, operations } = fault
  if (!Object.hasOwn(ownMembers, kind)) throw new TypeError(`There is no fault of the kind ${String(kind)}.`)
  for (const member of Object.keys(fault)) {
    if (![...scopeMembers, ...ownMembers[kind]].includes(member)) throw new TypeError(`A ${kind} fault has no ${member}.`)
  }
  const applicable = applicableOperations(kind)
  const never = operations?.find((operation) => !applicable.includes(operation))
  if (never !== undefined) throw new TypeError(`A ${kind} fault never strikes ${never}; it strikes ${applicable.join(', ')}.`)
  if (operations?.length === 0) throw new TypeError('A fault with no operations never strikes. Leave `operations` out for all.')
  checkNumber(fault, 'times', (times) => Number.isSafeInteger(times) && times > 0, 'a whole number above 0')
  checkNumber(fault, 'probability', isShare, 'above 0 and at most 1')
  checkNumber(fault, 'seed', Number.isSafeInteger, 'a whole number')
  checkNumber(fault, 'share', isShare, 'above 0 and at most 1')
  checkNumber(fault, 'milliseconds', (milliseconds) => Number.isFinite(milliseconds) && milliseconds >= 0, 'at least 0')
  if (kind === 'latency' && fault.milliseconds === undefined) throw new TypeError('A latency fault needs `milliseconds`.')
  checkChoice(fault, 'when', ['before', 'after'])
  checkChoice(fault, 'error', ['ProvisionedThroughputExceededException', 'ThrottlingException'])
}

const isShare = (value: number) => value > 0 && value <= 1

function checkNumber(fault: object, member: string, holds: (value: number) => boolean, what: string): void {
  const value: unknown = Reflect.get(fault, member)
  if (value === undefined || (typeof value === 'number' && holds(value))) return
  throw new RangeError(`The ${member} of a fault must be ${what}, not ${String(value)}.`)
}

function checkChoice(fault: object, member: string, choices: readonly unknown[]): void {
  const value: unknown = Reflect.get(fault, member)
  if (value === undefined || choices.includes(value)) return
  throw new RangeError(`The ${member} of a fault must be ${choices.join(' or ')}, not ${String(value)}.`)
}
