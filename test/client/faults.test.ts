// Ten thousand operations, with a fault for every fifth request: what is acknowledged is there once, what is refused is not there, and what
// is left open is there once or not at all. Nothing else may happen.
import { expect } from 'chai'
import {
  ContentionError,
  OutcomeUnknownError,
  SingletError,
  TransactionCanceledError,
  TransactionOutcomeUnknownError,
  UnprocessedError,
} from '../../lib/index.ts'
import { type Fault, type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { seededRandom } from '../../lib/local/seeded-random.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { onEmbedded } from '../engine.ts'
import { type Faulty, faultyModel, openFaulty, type State, type Step, stepsFor } from './faults-model.ts'

/** One request in five suffers one of these; of batches, about one in three. */
const faults: readonly Fault[] = (
  [
    { kind: 'throttle' },
    { kind: 'throttle', error: 'ThrottlingException' },
    { kind: 'transactionConflict' },
    { kind: 'internalError', when: 'before' },
    { kind: 'internalError', when: 'after' },
    { kind: 'disconnect', when: 'before' },
    { kind: 'disconnect', when: 'after' },
    { kind: 'latency', milliseconds: 1, when: 'before' },
    { kind: 'latency', milliseconds: 1, when: 'after' },
    { kind: 'unprocessed', share: 0.4 },
  ] as const
).map((fault, at) => ({ ...fault, probability: fault.kind === 'unprocessed' ? 0.2 : 0.025, seed: 100 + at }))

/**
 * `done` and `refused` for a reason in the items: certain. `not done` for a reason outside of them: certain too. `unknown`: either.
 * Errors of the SDK pass through only where nothing was done.
 */
type Answer = 'done' | 'refused' | 'not done' | 'unknown'

function answerOf(error: unknown): Answer {
  if (error instanceof OutcomeUnknownError || error instanceof TransactionOutcomeUnknownError) return 'unknown'
  if (!(error instanceof SingletError) || error instanceof ContentionError) return 'not done'
  if (!(error instanceof TransactionCanceledError)) return 'refused'
  return error.reasons.some(({ error }) => error !== undefined) ? 'refused' : 'not done'
}

/** What the owner's items can be after an answer, given what they could be before. Keyed by their text, so that each is there once. */
function after(possible: readonly State[], { apply, name }: Step, answer: Answer): State[] {
  const found = new Map<string, State>()
  const keep = (state: State | undefined) => state && found.set(JSON.stringify([state.plain, state.versioned]), state)
  for (const state of possible) {
    const next = apply(state)
    if (answer === 'done' || answer === 'unknown') keep(next)
    if (answer === 'not done' || answer === 'unknown' || (answer === 'refused' && next === undefined)) keep(state)
  }
  expect(found, `${name} is ${answer}, of ${JSON.stringify(possible)}`).not.to.have.property('size', 0)
  return [...found.values()]
}

type Notes = Map<number, readonly (number | undefined)[]>

describe('10,000 operations under faults', () => {
  let engine: LocalEngine
  beforeEach(async () => {
    engine = await startLocal({ requestLimit: 0 })
    await createTable(faultyModel, engine.client())
  })
  afterEach(() => engine.close())

  const stateOf = async ({ entities }: Faulty, owner: string): Promise<State> => {
    const [plain, versioned] = [await entities.Plain.get({ owner }), await entities.Versioned.get({ owner })]
    const values = <T extends { owner: string }>({ owner: _, ...rest }: T) => rest
    return { plain: plain && values(plain), versioned: versioned && values(versioned) }
  }

  /** Puts and deletes notes in batches, and gives what each can be after it. */
  async function writeNotes(app: Faulty, owner: string, value: number, random: () => number, notes: Notes): Promise<Notes> {
    const { Note } = app.entities
    const numbers = Array.from({ length: 40 }, (_, n) => n).filter(() => random() < 0.8)
    const values = numbers.map(() => (random() < 0.7 ? value : undefined))
    const operations = numbers.map((n, at) =>
      values[at] === undefined ? Note.delete({ owner, n }) : Note.put({ owner, n, value }),
    )
    const left = new Set<unknown>()
    await app.batchWrite(operations).catch((error) => {
      expect(error).to.be.instanceOf(UnprocessedError)
      for (const operation of (error as UnprocessedError).unprocessed) left.add(operation)
    })
    const written = numbers.map((n, at) => {
      const before = left.has(operations[at]) ? (notes.get(n) ?? [undefined]) : []
      return [n, [...new Set([...before, values[at]])]] as const
    })
    return new Map([...notes, ...written])
  }

  /** Reads notes in a batch: each that is read is what it can be, and is known from then on. */
  async function readNotes(app: Faulty, owner: string, notes: Notes): Promise<Notes> {
    const numbers = Array.from({ length: 40 }, (_, n) => n)
    const operations = numbers.map((n) => app.entities.Note.get({ owner, n }, { consistent: true }))
    const left = new Set<unknown>()
    const items = await app.batchGet(operations).then(undefined, (error) => {
      expect(error).to.be.instanceOf(UnprocessedError)
      for (const operation of (error as UnprocessedError).unprocessed) left.add(operation)
      return (error as UnprocessedError).items as ({ value: number } | undefined)[]
    })
    const read = numbers.flatMap((n, at) => {
      if (left.has(operations[at])) return []
      const value = items[at]?.value
      expect(notes.get(n) ?? [undefined]).to.include(value)
      return [[n, [value]] as const]
    })
    return new Map([...notes, ...read])
  }

  onEmbedded('faults', 'end with exactly what was acknowledged, and the rest whole or absent', async () => {
    const app = openFaulty(engine.client({ maxAttempts: 2 }))
    const clear = openFaulty(engine.client({ maxAttempts: 1 }))
    for (const fault of faults) engine.faults.add(fault)
    const answers = new Map<string, number>()
    const owners = await Promise.all(
      Array.from({ length: 100 }, async (_, at) => {
        const owner = `owner ${at}`
        const random = seededRandom(at + 1)
        let possible: State[] = [{}]
        let notes: Notes = new Map()
        for (let call = 1; call <= 100; call++) {
          const choices = stepsFor(app, owner, call, possible.at(-1) ?? {})
          const step = choices[Math.floor(random() * (choices.length + 2))]
          if (step === undefined) {
            notes = random() < 0.6 ? await writeNotes(app, owner, call, random, notes) : await readNotes(app, owner, notes)
            continue
          }
          const answer = await Promise.resolve(step.run()).then(() => 'done' as const, answerOf)
          for (const name of [answer, step.name]) answers.set(name, (answers.get(name) ?? 0) + 1)
          possible = after(possible, step, answer)
        }
        return { owner, possible, notes }
      }),
    )
    const struck = engine.faults.list().map(({ strikes }) => strikes)
    engine.faults.clear()
    for (const count of struck) expect(count).to.be.greaterThan(100)
    // What was not done was throttled in both tries.
    for (const [answer, count] of answers) expect(count, answer).to.be.greaterThan(answer === 'not done' ? 10 : 100)
    expect(answers).to.include.keys('done', 'refused', 'not done', 'unknown')
    for (const { owner, possible, notes } of owners) {
      const found = await stateOf(clear, owner)
      expect(possible.map((state) => ({ plain: undefined, versioned: undefined, ...state }))).to.deep.include(found)
      const log = found.plain?.log ?? []
      expect(new Set(log).size, 'what was appended is there once').to.equal(log.length)
      for (const [name, item] of [
        ['plain', found.plain],
        ['versioned', found.versioned],
      ] as const)
        expect((await clear.patterns[name]({ owner })).items).to.deep.equal(item === undefined ? [] : [{ owner, ...item }])
      await readNotes(clear, owner, notes)
    }
  })
})
