// What the models tell users of errors: of refusals what they mean, of a busy table no more than that, and of anything else nothing.
import { expect } from 'chai'
import { checkoutRefusal } from '../../entities/ecommerce/refusals.ts'
import { refusalOf } from '../../entities/social/refusals.ts'
import { Block } from '../../entities/social/relation.ts'
import {
  ConditionFailedError,
  ContentionError,
  ItemExistsError,
  ItemNotFoundError,
  type SingletError,
  TransactionCanceledError,
  TransactionOutcomeUnknownError,
  UniqueConstraintError,
  ValidationError,
} from '../../lib/index.ts'

const canceled = (...errors: readonly (SingletError | undefined)[]) =>
  new TransactionCanceledError(
    errors.map((error, operation) => ({
      code: error === undefined ? 'None' : 'ConditionalCheckFailed',
      operation,
      ...(error && { error }),
    })),
  )
const throttled = new TransactionCanceledError([
  { code: 'None', operation: 0 },
  { code: 'ProvisionedThroughputExceeded', operation: 1 },
])
const contended = new ContentionError('Post', {}, 12)
const failed = (entity: string) => new ConditionFailedError(entity, {}, undefined)
const tooLarge = new ValidationError('item-too-large', '', 'The item is too large.')
const strange = [tooLarge, canceled(tooLarge), new TransactionOutcomeUnknownError('token'), new TypeError('No.'), undefined]

describe('what a refusal means', () => {
  const cases: [string, unknown, ReturnType<typeof refusalOf>][] = [
    ['a table without throughput', throttled, 'busy'],
    ['others in the way', contended, 'busy'],
    ['a read that was overtaken', new TransactionCanceledError([{ code: 'ConditionalCheckFailed', operation: 0 }]), 'busy'],
    ['a value that another has', new UniqueConstraintError('User', 'handle', {}, undefined), 'handle-taken'],
    [
      'a value that another has, in a transaction',
      canceled(new UniqueConstraintError('User', 'handle', {}, undefined)),
      'handle-taken',
    ],
    ['a block among others', canceled(new ItemExistsError('Follow', {}, undefined), failed(Block.name)), 'blocked'],
    ['an item that is there', canceled(undefined, new ItemExistsError('Like', {}, undefined)), 'repeated'],
    ['a block that is there', canceled(new ItemExistsError(Block.name, {}, undefined)), 'repeated'],
    ['an item that is gone', canceled(new ItemNotFoundError('Post', {})), 'gone'],
    ['an item that is another', canceled(undefined, failed('Comment')), 'gone'],
    ['an author who is another', canceled(undefined, failed('User')), 'account'],
  ]
  for (const [title, error, expected] of cases)
    it(`${title}: ${expected}`, () => {
      expect(refusalOf(error)).to.equal(expected)
    })

  it('is nothing where an error is none', () => {
    for (const error of strange) {
      expect(caught(() => refusalOf(error))).to.equal(error)
      expect(caught(() => checkoutRefusal(error, { lines: [] }))).to.equal(error)
    }
  })

  it('at the checkout is that the shop is busy, and not the cart, when nothing is wrong with the order', () => {
    for (const error of [throttled, contended])
      expect(checkoutRefusal(error, { lines: [] })).to.deep.equal({ short: [], busy: true })
    expect(checkoutRefusal(canceled(failed('CartLine')), { lines: [] })).to.deep.equal({ short: [] })
  })
})

function caught(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('Nothing was thrown.')
}
