// What ten thousand operations under faults work on: single writes and transactions, and what each makes of an owner's two items.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  add,
  append,
  connect,
  defineEntity,
  defineModel,
  defineTable,
  list,
  number,
  prepend,
  query,
  string,
  version,
} from '../../lib/index.ts'

const numbers = { owner: string(), count: number().default(0), rank: number({ min: 0, max: 1e9 }).default(0) }
const indexes = { GSI1: { pk: 'RANKED#{owner}', sk: '{rank}' } }
const Plain = defineEntity('Plain', {
  attributes: { ...numbers, log: list(number()).default([]) },
  key: { pk: 'OWNER#{owner}', sk: 'PLAIN' },
  indexes,
})
const Versioned = defineEntity('Versioned', {
  attributes: { ...numbers, version: version() },
  key: { pk: 'OWNER#{owner}', sk: 'VERSIONED' },
  indexes,
})
/** Written in batches, and by nothing else. */
const Note = defineEntity('Note', {
  attributes: { owner: string(), n: number({ min: 0, max: 99, integer: true }), value: number() },
  key: { pk: 'OWNER#{owner}', sk: 'NOTE#{n}' },
})
export const faultyModel = defineModel({
  table: defineTable({
    name: 'faulty',
    partitionKey: 'PK',
    sortKey: 'SK',
    indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  }),
  entities: { Plain, Versioned, Note },
  accessPatterns: { plain: query(Plain).index('GSI1'), versioned: query(Versioned).index('GSI1') },
})

export const openFaulty = (client: DynamoDBClient) => connect(faultyModel, { client })
export type Faulty = ReturnType<typeof openFaulty>

/** What an owner's items hold; undefined where there is none. */
export interface State {
  readonly plain?: { readonly count: number; readonly rank: number; readonly log: readonly number[] } | undefined
  readonly versioned?: { readonly count: number; readonly rank: number; readonly version: number } | undefined
}

/** A write, and what it makes of a state; undefined when the state does not allow it. */
export interface Step {
  readonly name: string
  readonly run: () => PromiseLike<unknown>
  readonly apply: (state: State) => State | undefined
}

/** The writes that a random one is taken from. Each has a value of its own. `current` is the state as far as it is known. */
export function stepsFor({ entities, transactWrite }: Faulty, owner: string, value: number, current: State): readonly Step[] {
  const { Plain: plain, Versioned: versioned } = entities
  const known = current.versioned?.version ?? 1
  const rank = current.plain?.rank ?? 0
  const input = { owner, count: value, rank: value }
  const whole = { count: value, rank: value, log: [] }
  type Plain = NonNullable<State['plain']>
  const changing = (change: (plain: Plain) => Plain) => (state: State) => state.plain && { ...state, plain: change(state.plain) }
  return [
    {
      name: 'create',
      run: () => plain.create(input),
      apply: (state) => (state.plain === undefined ? { ...state, plain: whole } : undefined),
    },
    { name: 'put', run: () => plain.put(input), apply: (state) => ({ ...state, plain: whole }) },
    {
      name: 'update',
      run: () => plain.update({ owner }, { rank: value }),
      apply: changing((found) => ({ ...found, rank: value })),
    },
    { name: 'delete', run: () => plain.delete({ owner }), apply: (state) => ({ ...state, plain: undefined }) },
    {
      name: 'add',
      run: () => plain.update({ owner }, { count: add(value) }),
      apply: changing((found) => ({ ...found, count: found.count + value })),
    },
    {
      name: 'append',
      run: () => plain.update({ owner }, { log: append([value]) }),
      apply: changing((found) => ({ ...found, log: [...found.log, value] })),
    },
    {
      name: 'prepend',
      run: () => plain.update({ owner }, { log: prepend([value]) }),
      apply: changing((found) => ({ ...found, log: [value, ...found.log] })),
    },
    {
      name: 'add after reading',
      run: () => plain.update({ owner }, { rank: add(value), log: append([value]) }),
      apply: changing((found) => ({ ...found, rank: found.rank + value, log: [...found.log, value] })),
    },
    {
      name: 'add to what is known',
      run: () => plain.update({ owner }, { rank: add(value), count: add(value) }, { known: { rank } }),
      apply: (state) =>
        state.plain?.rank === rank
          ? { ...state, plain: { ...state.plain, rank: rank + value, count: state.plain.count + value } }
          : undefined,
    },
    {
      name: 'create versioned',
      run: () => versioned.create(input),
      apply: (state) =>
        state.versioned === undefined ? { ...state, versioned: { count: value, rank: value, version: 1 } } : undefined,
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
          plain.update({ owner }, { rank: add(value), log: append([value]) }),
          versioned.update({ owner }, { count: add(value) }, { version: known }),
        ]),
      apply: ({ plain: found, versioned: other }) =>
        found === undefined || other?.version !== known
          ? undefined
          : {
              plain: { ...found, rank: found.rank + value, log: [...found.log, value] },
              versioned: { ...other, count: other.count + value, version: known + 1 },
            },
    },
  ]
}
