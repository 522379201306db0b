// The guarantee the library stands for: after any writes, every index holds exactly what fresh puts of the final attributes would give.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import { add, connect } from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { checkIndexes, clearTables, type Oracle } from './index-oracle-check.ts'
import { type KeyEncoding, oracleModel } from './index-oracle-model.ts'
import { type EntityName, outcomeOf, type Step, sequences, type Writable, writeOf, writersOf } from './index-oracle-operations.ts'

describe('index maintenance', () => {
  let engine: TestEngine
  let client: DynamoDBClient
  const written: string[] = []
  before(async () => {
    engine = await startTestEngine()
    client = engine.client()
    // The writes of items that DynamoDB has made.
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const result = await next(args)
          if (/^(?:Put|Update|Delete|TransactWrite)Items?Command$/.test(commandName)) written.push(commandName)
          return result
        },
      { step: 'initialize' },
    )
  })
  after(() => engine.close())

  async function oracleOf(encoding: KeyEncoding, name: string): Promise<Oracle> {
    const model = oracleModel(encoding)
    const [tableName, freshName] = [name, `${name}-fresh`]
    for (const table of [tableName, freshName]) await createTable(model, client, { tableName: table })
    return { client, model, encoding, tableName, freshName }
  }

  async function runSteps(oracle: Oracle, steps: readonly (Step | readonly Step[])[], outcomes: Map<string, number>) {
    const { entities, transactWrite } = connected(oracle)
    for (const step of steps) {
      const isSingle = 'kind' in step
      const writes = await Promise.all((isSingle ? [step] : step).map((one) => writeOf(one, entities[one.entity])))
      const before = written.length
      const outcome = await outcomeOf(() => (isSingle ? writes[0]?.() : transactWrite(writes.map((write) => write()))))
      // An upsert that finds an expired item deletes it first, whatever comes of it then.
      const upserts = (isSingle ? [step] : step).some(({ kind }) => kind === 'upsert')
      const made = written.slice(before).filter((command) => !upserts || command !== 'DeleteItemCommand')
      expect(made, 'what is refused writes nothing, what is done is one write').to.have.length(outcome === 'done' ? 1 : 0)
      const name = `${isSingle ? step.kind : 'transaction'} ${outcome}`
      outcomes.set(name, (outcomes.get(name) ?? 0) + 1)
    }
    await checkIndexes(oracle, entities)
  }

  for (const encoding of ['escaped', 'verbatim'] as const) {
    it(`leaves every index as fresh puts of the final attributes would, ${encoding} keys`, async () => {
      const oracle = await oracleOf(encoding, `oracle-${encoding}`)
      const outcomes = new Map<string, number>()
      await fc.assert(
        fc.asyncProperty(sequences, async (steps) => {
          await clearTables(oracle)
          await runSteps(oracle, steps, outcomes)
        }),
        { numRuns: propertyRuns },
      )
      // Empty text in a key, verbatim text with a delimiter, and a transaction with two operations on one item.
      const reasons = ['empty-key', 'delimiter-in-key', 'not-allowed']
      const invalid = [...outcomes.keys()].filter((outcome) => outcome.includes('ValidationError'))
      expect(invalid.filter((outcome) => !reasons.some((reason) => outcome.endsWith(reason)))).to.deep.equal([])
      if (encoding === 'verbatim' || propertyRuns < 500) return
      // All kinds of writes have both come through and been refused, or the property would say little.
      for (const kind of ['create', 'put', 'update', 'upsert', 'delete', 'transaction'])
        expect(outcomes.get(`${kind} done`), kind).to.be.above(20)
      for (const error of ['ConditionFailedError', 'VersionConflictError', 'ItemNotFoundError', 'ValidationError empty-key'])
        expect(outcomes.get(`update ${error}`), error).to.be.above(2)
    }).timeout(600_000)
  }

  // Many writers wait for each other for real, so their histories are fewer.
  for (const [crowd, most, share] of [
    ['a few', 3, 1],
    ['a crowd of', 12, 0.03],
  ] as const)
    it(`leaves every index right under ${crowd} concurrent writers, and loses no update`, async () => {
      const oracle = await oracleOf('escaped', `oracle-concurrent-${most}`)
      const outcomes = new Map<string, number>()
      await fc.assert(
        fc.asyncProperty(writersOf(most), async (writers) => {
          await clearTables(oracle)
          const { entities } = connected(oracle)
          const key = { tenant: 'a', id: '1' }
          await entities.Task.create({ ...key, priority: 50, score: 0, effort: 0, tags: new Set() }, {})
          const before = written.length
          const results = await Promise.all(
            writers.map(async ({ amount, changes }) => {
              const outcome = await outcomeOf(() => entities.Task.update(key, { ...changes, score: add(amount) }, {}))
              outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
              return outcome === 'done' ? amount : 0
            }),
          )
          const done = results.filter((amount) => amount !== 0).length
          const item = await entities.Task.get(key, { consistent: true })
          // What gave up has written nothing; what came through is in the sum, once.
          expect(written.length - before).to.equal(done)
          expect(item?.version).to.equal(1 + done)
          expect(item?.score).to.equal(results.reduce((sum, amount) => sum + amount, 0))
          await checkIndexes(oracle, entities)
        }),
        { numRuns: Math.ceil(propertyRuns * share) },
      )
      expect([...outcomes.keys()].filter((outcome) => outcome !== 'done' && outcome !== 'ContentionError')).to.deep.equal([])
    }).timeout(600_000)
})

function connected({ client, model, tableName }: Oracle) {
  let time = Date.parse('2026-05-01T00:00:00.000Z')
  const now = () => {
    time += 1001
    return new Date(time)
  }
  const { entities, transactWrite } = connect(model, { client, tableName, now })
  return { entities: entities as unknown as Readonly<Record<EntityName, Writable>>, transactWrite }
}
