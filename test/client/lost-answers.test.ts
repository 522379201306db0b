// Answers that are lost after the write took effect: the SDK sends it again, and what then looks overtaken may be one's own doing.
import { expect } from 'chai'
import {
  add,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  number,
  OutcomeUnknownError,
  string,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'

const table = defineTable({ name: 'lost', partitionKey: 'PK', indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } } })
const Player = defineEntity('Player', {
  attributes: { id: string(), board: string(), score: number(), name: string().optional() },
  key: { pk: 'PLAYER#{id}' },
  indexes: { GSI1: { pk: 'BOARD#{board}', sk: '{score}' } },
})
const model = defineModel({ table, entities: { Player } })

describe('an update whose answer is lost', () => {
  let engine: LocalEngine
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
  })
  after(() => engine.close())
  afterEach(() => engine.faults.clear())

  const players = () => connect(model, { client: engine.client() }).entities.Player
  const lose = () => engine.faults.add({ operations: ['UpdateItem'], kind: 'disconnect', when: 'after', times: 1 })

  it('is not done twice when it counts from what it has read', async () => {
    await players().create({ id: 'a', board: 'b', score: 1 })
    lose()
    const error = await players()
      .update({ id: 'a' }, { score: add(5) })
      .then(undefined, (error) => error)
    expect(error).to.be.instanceOf(OutcomeUnknownError)
    expect(error.item).to.deep.equal({ id: 'a', board: 'b', score: 6 })
    expect(error.key).to.deep.equal({ id: 'a' })
    expect((await players().get({ id: 'a' }))?.score).to.equal(6)
  })

  it('is repeated when repeating it changes nothing', async () => {
    await players().create({ id: 'c', board: 'b', score: 1 })
    lose()
    expect(await players().update({ id: 'c' }, { board: 'd' })).to.include({ board: 'd', score: 1 })
  })

  it('is tried again without further ado when others were faster and no answer was lost', async () => {
    await players().create({ id: 'e', board: 'b', score: 0 })
    await Promise.all(Array.from({ length: 4 }, () => players().update({ id: 'e' }, { score: add(1) })))
    expect((await players().get({ id: 'e' }))?.score).to.equal(4)
  })
})
