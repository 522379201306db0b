// An operation carried out in memory gives what DynamoDB makes of it: index keys depend on that.
import { type AttributeValue, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  add,
  addToSet,
  append,
  binarySet,
  connect,
  decimal,
  defineEntity,
  defineModel,
  defineTable,
  ifNotExists,
  list,
  numberSet,
  prepend,
  remove,
  removeFromSet,
  string,
  stringSet,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { applyChange } from '../../lib/requests/apply-operation.ts'
import { parseChanges } from '../../lib/requests/update-changes.ts'
import { sameValue } from '../../lib/schema/same-value.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'

const Thing = defineEntity('Thing', {
  attributes: {
    id: string(),
    price: decimal().optional(),
    lines: list(string()).optional(),
    texts: stringSet().optional(),
    numbers: numberSet().optional(),
    bytes: binarySet().optional(),
  },
  key: { pk: 'THING#{id}' },
})
const model = defineModel({ table: defineTable({ name: 'things', partitionKey: 'PK' }), entities: { Thing } })

const prices = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: -12, max: 12 }))
  .map(([digits, exponent]) => `${digits}e${exponent}`)
const texts = fc.subarray(['a', 'b', 'c', 'é'], { minLength: 1 })
const numbers = fc.subarray([0, 1, -1, 2.5, 1e21, 1e-7], { minLength: 1 })
const bytes = fc.subarray([[0], [1], [1, 2], [255]], { minLength: 1 }).map((some) => some.map((one) => Uint8Array.from(one)))
const sets = <T>(elements: fc.Arbitrary<T[]>) => ({
  value: elements.map((some) => new Set(some)),
  change: fc.oneof(
    elements.map((some) => addToSet(...some)),
    elements.map((some) => removeFromSet(...some)),
    elements.map((some) => ifNotExists(new Set(some))),
    fc.constant(remove()),
  ),
})
const cases = {
  price: { value: prices, change: fc.oneof(prices.map(add), prices.map(ifNotExists), prices, fc.constant(remove())) },
  lines: { value: fc.array(fc.string()), change: fc.oneof(texts.map(append), texts.map(prepend), texts.map(ifNotExists), texts) },
  texts: sets(texts),
  numbers: sets(numbers),
  bytes: sets(bytes),
}
const tries = fc.constantFrom(...(Object.keys(cases) as (keyof typeof cases)[])).chain((name) =>
  fc.record({
    name: fc.constant(name),
    before: fc.option(cases[name].value as fc.Arbitrary<unknown>, { nil: undefined }),
    change: cases[name].change as fc.Arbitrary<unknown>,
  }),
)

describe('an update operation in memory', () => {
  let engine: TestEngine
  before(async () => {
    engine = await startTestEngine()
    await createTable(model, engine.client())
  })
  after(() => engine.close())

  it('gives what DynamoDB makes of it', async () => {
    const client = engine.client()
    const { entities } = connect(model, { client })
    const resolved = model.resolved.entities.Thing
    if (resolved === undefined) throw new Error('The model has no Thing.')
    await fc.assert(
      fc.asyncProperty(tries, async ({ name, before, change }) => {
        const Item = { PK: { S: 'THING#1' }, id: { S: '1' }, _type: { S: 'Thing' } }
        const stored = before === undefined ? undefined : resolved.codec.encodeAttribute(name, before, '')
        await client.send(new PutItemCommand({ TableName: 'things', Item: { ...Item, ...(stored && { [name]: stored }) } }))
        const [parsed] = parseChanges(resolved, { [name]: change }, false, new Date())
        if (parsed === undefined) throw new Error('Every change of this test changes something.')
        const refused = await entities.Thing.update({ id: '1' }, { [name]: change }).then(
          () => false,
          // A sum with more digits than a number of DynamoDB holds.
          (error: Error) => /38 significant digits/.test(error.message) || Promise.reject(error),
        )
        if (refused) return
        const { Item: after = {} } = await client.send(new GetItemCommand({ TableName: 'things', Key: { PK: Item.PK } }))
        const [inMemory, actual] = [applyChange(parsed, stored), after[name]]
        expect(same(inMemory, actual), `${JSON.stringify(inMemory)} in memory, ${JSON.stringify(actual)} in the table`).to.equal(
          true,
        )
      }),
      { numRuns: propertyRuns },
    )
  })
})

function same(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameValue(a, b)
}
