// Errors are told apart by class and by code; no two share a code, also where one is a kind of another.
import { expect } from 'chai'
import {
  ConditionFailedError,
  ContentionError,
  ItemError,
  ItemExistsError,
  ItemNotFoundError,
  OutcomeUnknownError,
  SingletError,
  VersionConflictError,
} from '../lib/index.ts'

const key = { id: 'a', count: 1n }
const errors: readonly [ItemError, string][] = [
  [new ItemNotFoundError('Order', key), 'ItemNotFound'],
  [new ItemExistsError('Order', key, undefined), 'ItemExists'],
  [new ConditionFailedError('Order', key, undefined), 'ConditionFailed'],
  [new VersionConflictError('Order', key, undefined, 3), 'VersionConflict'],
  [new ContentionError('Order', key, 12), 'Contention'],
  [new OutcomeUnknownError('Order', key, undefined), 'OutcomeUnknown'],
]

describe('errors about an item', () => {
  for (const [error, code] of errors)
    it(`${error.name} has the code ${code}, and says which item it is about`, () => {
      expect(error).to.be.instanceOf(ItemError).and.instanceOf(SingletError)
      expect(error.code).to.equal(code)
      expect(error.name).to.equal(error.constructor.name)
      expect([error.entity, error.key]).to.deep.equal(['Order', key])
      expect(error.message).to.include('Order').and.include('"id":"a"')
    })
})
