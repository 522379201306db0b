// Ten thousand operations, with a fault for every fifth request: what is acknowledged is there once, what is not is whole or absent.
import { expect } from 'chai'
import {
  add,
  connect,
  defineEntity,
  defineModel,
  defineTable,
  number,
  query,
  SingletError,
  string,
  version,
} from '../../lib/index.ts'
import { type Fault, type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { seededRandom } from '../../lib/local/seeded-random.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { onEmbedded } from '../engine.ts'

const numbers = { owner: string(), count: number().default(0), rank: number({ min: 0, max: 1e9 }).default(0) }
const indexes = { GSI1: { pk: 'RANKED#{owner}', sk: '{rank}' } }
const Plain = defineEntity('Plain', { attributes: numbers, key: { pk: 'OWNER#{owner}', sk: 'PLAIN' }, indexes })
const Versioned = defineEntity('Versioned', {
  attributes: { ...numbers, version: version() },
  key: { pk: 'OWNER#{owner}', sk: 'VERSIONED' },
  indexes,
})
const model = defineModel({
  table: defineTable({
    name: 'faulty',
    partitionKey: 'PK',
    sortKey: 'SK',
    indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  }),
  entities: { Plain, Versioned },
  accessPatterns: { plain: query(Plain).index('GSI1'), versioned: query(Versioned).index('GSI1') },
})

/** What an owner's item holds; undefined where there is none. A plain item is always of version 0. */
interface Values {
  readonly count: number
  readonly rank: number
  readonly version: number
}
interface State {
  readonly plain?: Values | undefined
  readonly versioned?: Values | undefined
}

/** An operation, and what it makes of a state; undefined when the state does not allow it. */
interface Step {
  readonly name: string
  readonly run: () => PromiseLike<unknown>
  readonly apply: (state: State) => State | undefined
}

/** One request in five suffers one of these. */
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
  ] as const
).map((fault, at) => ({ ...fault, probability: 0.025, seed: 100 + at }))

/** Singlet's own refusals: what an operation finds does not allow it. Everything else leaves open what has happened. */
const isRefusal = (error: unknown) => error instanceof SingletError && error.code !== 'Misfit'

describe('10,000 operations under faults', () => {
  let engine: LocalEngine
  beforeEach(async () => {
    engine = await startLocal({ requestLimit: 0 })
    await createTable(model, engine.client())
  })
  afterEach(() => engine.close())

  const open = (maxAttempts: number) => connect(model, { client: engine.client({ maxAttempts }) })
  type Open = ReturnType<typeof open>

  /** The operations that a random one is taken from. `current` is the state as the owner last knew it, which may be wrong. */
  function steps({ entities, transactWrite }: Open, owner: string, value: number, current: State): Step[] {
    const { Plain: plain, Versioned: versioned } = entities
    const known = current.versioned?.version ?? 1
    const set = (values: Values | undefined, changes: Partial<Values>) => values && { ...values, ...changes }
    const whole = { count: value, rank: value, version: 0 }
    return [
      {
        name: 'create',
        run: () => plain.create({ owner, count: value, rank: value }),
        apply: (state) => (state.plain === undefined ? { ...state, plain: whole } : undefined),
      },
      { name: 'put', run: () => plain.put({ owner, count: value, rank: value }), apply: (state) => ({ ...state, plain: whole }) },
      {
        name: 'update',
        run: () => plain.update({ owner }, { rank: value }),
        apply: (state) => state.plain && { ...state, plain: { ...state.plain, rank: value } },
      },
      { name: 'delete', run: () => plain.delete({ owner }), apply: (state) => ({ ...state, plain: undefined }) },
      {
        name: 'create versioned',
        run: () => versioned.create({ owner, count: value, rank: value }),
        apply: (state) => (state.versioned === undefined ? { ...state, versioned: { ...whole, version: 1 } } : undefined),
      },
      {
        name: 'add by version',
        run: () => versioned.update({ owner }, { count: add(value), rank: value }, { version: known }),
        apply: ({ versioned: found, ...state }) =>
          found?.version === known
            ? { ...state, versioned: { count: found.count + value, rank: value, version: known + 1 } }
            : undefined,
      },
      {
        name: 'transaction',
        run: () =>
          transactWrite([
            plain.update({ owner }, { rank: value }),
            versioned.update({ owner }, { count: add(value) }, { version: known }),
          ]),
        apply: (state) => {
          if (state.plain === undefined || state.versioned?.version !== known) return undefined
          const { count } = state.versioned
          return {
            plain: set(state.plain, { rank: value }),
            versioned: set(state.versioned, { count: count + value, version: known + 1 }),
          }
        },
      },
    ]
  }

  /** What the owner's items can be after an answer, given what they could be before. Keyed by their text, so that each is there once. */
  function after(possible: readonly State[], { apply, name }: Step, answer: 'done' | 'refused' | 'unknown'): State[] {
    const found = new Map<string, State>()
    const keep = (state: State | undefined) => state && found.set(JSON.stringify([state.plain, state.versioned]), state)
    for (const state of possible) {
      const next = apply(state)
      // A request that the SDK has sent again, after a lost answer, is refused because of itself.
      if (answer === 'refused' && (next === undefined || apply(next) === undefined)) keep(next ?? state)
      if (answer === 'refused' && next !== undefined) keep(state)
      if (answer !== 'refused') keep(next)
      if (answer === 'unknown') keep(state)
    }
    expect(found, `${name} is ${answer}, of ${JSON.stringify(possible)}`).not.to.have.property('size', 0)
    return [...found.values()]
  }

  onEmbedded('faults', 'end with exactly what was acknowledged, and the rest whole or absent', async () => {
    const app = open(3)
    const clear = open(1)
    for (const fault of faults) engine.faults.add(fault)
    const outcomes = new Map<string, number>()
    const owners = await Promise.all(
      Array.from({ length: 100 }, async (_, at) => {
        const owner = `owner ${at}`
        const random = seededRandom(at + 1)
        let possible: State[] = [{}]
        for (let call = 1; call <= 100; call++) {
          const choices = steps(app, owner, call, possible.at(-1) ?? {})
          const step = choices[Math.floor(random() * choices.length)] as Step
          const answer = await Promise.resolve(step.run()).then(
            () => 'done' as const,
            (error) => (isRefusal(error) ? 'refused' : 'unknown'),
          )
          outcomes.set(answer, (outcomes.get(answer) ?? 0) + 1)
          possible = after(possible, step, answer)
        }
        return { owner, possible }
      }),
    )
    const struck = engine.faults.list().map(({ strikes }) => strikes)
    engine.faults.clear()
    for (const count of struck) expect(count).to.be.greaterThan(100)
    for (const answer of ['done', 'refused', 'unknown']) expect(outcomes.get(answer), answer).to.be.greaterThan(100)
    for (const { owner, possible } of owners) {
      const [plain, versioned] = [await clear.entities.Plain.get({ owner }), await clear.entities.Versioned.get({ owner })]
      const values = ({ owner: _, ...item }: { owner: string; count: number; rank: number; version?: number }) => ({
        version: 0,
        ...item,
      })
      const found = { plain: plain && values(plain), versioned: versioned && values(versioned) }
      expect(possible.map((state) => ({ plain: undefined, versioned: undefined, ...state }))).to.deep.include(found)
      expect((await clear.patterns.plain({ owner })).items).to.deep.equal(plain === undefined ? [] : [plain])
      expect((await clear.patterns.versioned({ owner })).items).to.deep.equal(versioned === undefined ? [] : [versioned])
    }
  })
})
