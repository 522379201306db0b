// What a step of the demonstration lets pass: a success that is none, a refusal that is none, and a refusal that leaves something behind.
import { expect } from 'chai'
import { perform, type Step, type Writable } from '../../entities/demo/step.ts'
import { readTable, tableChanges } from '../../entities/demo/table-state.ts'
import {
  add,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  number,
  string,
  transaction,
  ValidationError,
} from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'

const Shelf = defineEntity('Shelf', {
  attributes: { shelf: string(), jars: number({ min: 0, integer: true }) },
  key: { pk: 'SHELF#{shelf}', sk: 'SHELF#{shelf}' },
})
const model = defineModel({
  table: defineTable({ name: 'demo-steps', partitionKey: 'PK', sortKey: 'SK' }),
  entities: { Shelf },
  accessPatterns: {
    take: transaction({ Shelf }, { shelf: string(), jars: number() }, ({ shelf, jars }, { Shelf }) => [
      Shelf.update({ shelf }, { jars: add(-jars) }, { if: { jars: { gte: jars } } }),
    ]),
  },
})

const entity = 'Shelf'
const key = { shelf: 'top' }
const meaning = () => 'There are not so many'
const take = (jars: number): Pick<Step, 'title' | 'write' | 'input'> => ({
  title: `Take ${jars}`,
  write: { pattern: 'take' },
  input: { ...key, jars },
})

describe('a step of the demonstration', () => {
  let engine: TestEngine
  before(async () => {
    engine = await startTestEngine()
    await createTable(model, engine.client())
  })
  after(() => engine.close())

  /** What is wrong with a step, on a shelf with five jars. */
  async function problems(step: Step, writable?: (connected: Writable) => Writable): Promise<readonly string[]> {
    const client = engine.client()
    const shop = connect(model, { client })
    await shop.entities.Shelf.put({ ...key, jars: 5 })
    const tableName = model.table.name
    const stage = { model: writable?.(shop) ?? shop, table: model.table, client, tableName }
    return (await perform(stage, step, await readTable(client, model.table, tableName))).outcome.wrong
  }

  it('is right when it is done with the changes that it names, and when it is refused as it says', async () => {
    expect(await problems({ ...take(2), changes: [{ entity, key, attributes: { jars: -2 } }] })).to.deep.equal([])
    expect(await problems({ ...take(6), refused: { code: 'ConditionFailed', meaning } })).to.deep.equal([])
    const again: Step = {
      title: 'Again',
      write: { create: 'Shelf' },
      input: { ...key, jars: 1 },
      refused: { code: 'ItemExists', meaning },
    }
    expect(await problems(again)).to.deep.equal([])
  })

  it('counts the items of the table that are new, changed and gone', async () => {
    const client = engine.client()
    const { Shelf } = connect(model, { client }).entities
    const state = () => readTable(client, model.table, model.table.name)
    for (const shelf of ['left', 'right', 'door']) await Shelf.put({ shelf, jars: 1 })
    const before = await state()
    await Shelf.delete({ shelf: 'left' })
    await Shelf.update({ shelf: 'right' }, { jars: 2 })
    for (const shelf of ['attic', 'shed']) await Shelf.create({ shelf, jars: 1 })
    expect(tableChanges(before, await state())).to.deep.equal({ created: 2, changed: 1, deleted: 1 })
  })

  const wrong: [string, Step, RegExp][] = [
    ['is refused and should not be', take(6), /^was refused: /],
    [
      'changes something else',
      { ...take(2), changes: [{ entity, key, attributes: { jars: -3 } }] },
      /jars was to become 2, and is 3/,
    ],
    ['is done and should be refused', { ...take(2), refused: { code: 'ConditionFailed', meaning } }, /^was not refused/],
    [
      'is refused with another code',
      { ...take(6), refused: { code: 'ItemExists', meaning } },
      /was to be refused with ItemExists/,
    ],
    [
      'is refused and means something else',
      { ...take(6), refused: { code: 'ConditionFailed', meaning: () => undefined } },
      /was to be refused with ConditionFailed/,
    ],
  ]
  for (const [title, step, message] of wrong)
    it(`is wrong when it ${title}`, async () => {
      const found = await problems(step)
      expect(
        found.some((problem) => message.test(problem)),
        found.join(),
      ).to.equal(true)
    })

  it('is wrong when it is refused and yet leaves something behind, wherever in the table', async () => {
    const step: Step = { ...take(6), refused: { code: 'ValidationError', meaning } }
    const found = await problems(step, ({ entities, patterns }) => ({
      entities,
      patterns: {
        ...patterns,
        take: (async () => {
          await entities.Shelf?.create({ shelf: 'cellar', jars: 1 } as never)
          throw new ValidationError('not-allowed', '', 'Too many.')
        }) as never,
      },
    }))
    expect(found).to.deep.equal(['was refused, and yet something in the table has changed'])
  })
})
