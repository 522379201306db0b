// A leaderboard: one place for each player, the best first, ties in order of names, whoever plays at once and whatever fails.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  createTable,
  defineModel,
  defineTable,
  ModelError,
  number,
  OutcomeUnknownError,
  string,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { aroundScore, leaderboard, submitScore } from '../../patterns/leaderboard.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({
  name: 'game',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
})
const scores = leaderboard({ name: 'Score', index: 'GSI1', shards: { count: 5 }, attributes: { level: number().optional() } })
const model = defineModel({ table, ...scores })

describe('a leaderboard', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client() })
  let game: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    game = open()
  })
  after(() => engine.close())
  const namesOf = (items: readonly { player: string }[]) => items.map(({ player }) => player)

  it('shows the best of all shards first, and those with the same score by name', async () => {
    const points = { ada: 9, bob: 10, eve: 100, mallory: 10, peggy: -5, trent: 10.5, victor: 10 }
    for (const [player, score] of Object.entries(points))
      await submitScore(game.entities.Score, { board: 'b', player, score, level: 3 })
    const { items, cursor } = await game.patterns.top({ board: 'b' }, { limit: 4 })
    expect(namesOf(items)).to.deep.equal(['eve', 'trent', 'bob', 'mallory'])
    expect(items[0]).to.deep.equal({ board: 'b', player: 'eve', score: 100, level: 3 })
    const rest = await game.patterns.top({ board: 'b' }, { cursor })
    expect(namesOf(rest.items)).to.deep.equal(['victor', 'ada', 'peggy'])
    const around = await aroundScore(game.patterns, { board: 'b', player: 'mallory', score: 10 }, 2)
    expect([namesOf(around.above), namesOf(around.below)]).to.deep.equal([
      ['trent', 'bob'],
      ['victor', 'ada'],
    ])
  })

  it('keeps the best score of a player, however late a worse one comes', async () => {
    const entry = { board: 'c', player: 'ada' }
    expect(await submitScore(game.entities.Score, { ...entry, score: 5 })).to.equal(true)
    expect(await submitScore(game.entities.Score, { ...entry, score: 5 })).to.equal(false)
    expect(await submitScore(game.entities.Score, { ...entry, score: 4 })).to.equal(false)
    expect(await submitScore(game.entities.Score, { ...entry, score: 6 })).to.equal(true)
    expect(await submitScore(game.entities.Score, { board: 'd', player: 'ada', score: 1 })).to.equal(true)
    const { items } = await game.patterns.ofPlayer({ player: 'ada', board: { gte: 'c' } })
    expect(items.map(({ board, score }) => [board, score])).to.deep.equal([
      ['c', 6],
      ['d', 1],
    ])
  })

  it('is the sorted list of the best of each player, among many who play at once while requests fail', async () => {
    const play = fc.record({
      player: fc.constantFrom('a', 'aa', 'b', 'c', 'd', 'é', '#'),
      score: fc.oneof(
        fc.integer({ min: -3, max: 12 }),
        fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -9, max: 9 })).map(([n, e]) => Number(`${n}e${e}`)),
      ),
    })
    let runs = 0
    const faulty = connect(model, { client: engine.client({ maxAttempts: 1 }) }).entities.Score
    const faultless = engine.client()
    await fc.assert(
      fc.asyncProperty(fc.array(play, { maxLength: 15 }), fc.integer({ min: 1, max: 5 }), async (plays, count) => {
        const board = `p${runs++}`
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.1, seed: runs })
        await Promise.all(
          plays.map(async ({ player, score }) => {
            const submit = (): Promise<unknown> =>
              submitScore(faulty, { board, player, score }).catch((error) => {
                if (!(error instanceof OutcomeUnknownError)) throw error
                return submit()
              })
            await submit()
          }),
        )
        engine.faults.clear()
        const best = new Map<string, number>()
        for (const { player, score } of plays) best.set(player, Math.max(score, best.get(player) ?? score))
        const expected = [...best]
          .sort(([a, x], [b, y]) => y - x || Buffer.compare(Buffer.from(a), Buffer.from(b)))
          .map(([player, score]) => ({ board, player, score: score + 0 }))
        expect(await game.patterns.top({ board }).all()).to.deep.equal(expected)
        expect((await game.patterns.top({ board }, { limit: count })).items).to.deep.equal(expected.slice(0, count))
        const at = Math.floor(expected.length / 2)
        const one = expected[at]
        if (one === undefined) return
        expect(await aroundScore(game.patterns, one, count)).to.deep.equal({
          above: expected.slice(Math.max(0, at - count), at),
          below: expected.slice(at + 1, at + 1 + count),
        })
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
    const { Items = [] } = await faultless.send(new ScanCommand({ TableName: 'game' }))
    for (const { PK, SK, player, board } of Items)
      if (/^\w+$/.test(player?.S ?? '')) expect([PK?.S, SK?.S]).to.deep.equal([`SCORE#${player?.S}`, `BOARD#${board?.S}`])
  })

  it('is refused with an attribute that it has itself', () =>
    expect(() => leaderboard({ name: 'S', index: 'GSI1', attributes: { score: string() } })).to.throw(ModelError, 'score is'))
  it('has the board, player and score that it is given, with their checks', async () => {
    const days = leaderboard({
      name: 'Day',
      index: 'GSI1',
      description: 'A day of a player.',
      board: string({ pattern: /^\d{4}-\d\d-\d\d$/ }),
      score: number({ min: 0 }).describe('Steps'),
    })
    expect(days.entities.Day.description).to.equal('A day of a player.')
    expect(days.entities.Day.attributes.score.definition.description).to.equal('Steps')
    const { entities, patterns } = connect(defineModel({ table, ...days }), { client: engine.client() })
    const entry = { board: '2030-03-12', player: 'ada', score: 9 }
    for (const wrong of [{ board: 'today' }, { score: -1 }])
      expect(await submitScore(entities.Day, { ...entry, ...wrong }).catch((error) => error)).to.be.instanceOf(ValidationError)
    await submitScore(entities.Day, entry)
    expect((await patterns.top({ board: entry.board })).items).to.deep.equal([entry])
  })
  for (const [what, wrong] of [
    ['an optional player', { player: string().optional() }],
    ['a number for the board', { board: number() }],
    ['a text for the score', { score: string() }],
  ] as const)
    it(`is refused with ${what}`, () =>
      expect(() => leaderboard({ name: 'S', index: 'GSI1', ...(wrong as object) })).to.throw(ModelError, 'Declare it as'))
  it('is refused without shards', () => {
    const none = leaderboard({ name: 'S', index: 'GSI1', shards: { count: 0 } })
    expect(() => defineModel({ table, ...none })).to.throw(ModelError, 'shards')
  })
})
