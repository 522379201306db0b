// Random writes for the index oracle: every operation and operator, conditions that hold and that do not, on a handful of items.
import fc from 'fast-check'
import {
  add,
  addToSet,
  and,
  append,
  ifNotExists,
  not,
  type Operation,
  or,
  patch,
  prepend,
  remove,
  removeFromSet,
  SingletError,
  ValidationError,
  type WriteOperation,
} from '../../lib/index.ts'

export type EntityName = 'Task' | 'Note'
type Values = Readonly<Record<string, unknown>>

/** One write, as data: what depends on the item that is there (a right version, known values) is filled in when it runs. */
export interface Step {
  readonly kind: 'create' | 'put' | 'update' | 'upsert' | 'delete'
  readonly entity: EntityName
  readonly key: { readonly tenant: string; readonly id: string }
  readonly input: Values
  readonly if?: object
  readonly version?: 'right' | 'wrong'
  readonly known?: { readonly names: readonly string[]; readonly right: boolean }
}

/** The operations of a connected entity, for values whose types only the test knows. */
export interface Writable {
  create(input: Values, options: object): WriteOperation<object>
  put(input: Values, options: object): WriteOperation<object>
  update(key: object, changes: Values, options: object): WriteOperation<object>
  delete(key: object, options: object): WriteOperation<unknown>
  get(key: object, options: object): Operation<Values | undefined>
}

const texts = fc.constantFrom('a', 'b', 'a#b', 'ab c', '$', 'é𝒳', 'TASK#1')
/** Empty text cannot be part of a key: the write is refused as a whole. */
const textsInKeys = fc.oneof({ weight: 12, arbitrary: texts }, { weight: 1, arbitrary: fc.constant('') })
const numbers = fc.constantFrom(0, 1, -1, 2.5, -3.75, 10, 99.9, -1000, 123456, 0.001)
const bigints = fc.constantFrom(0n, 1n, -7n, 1000n, 123456789n)
const decimals = fc.constantFrom('0', '1.50', '-2.5', '1e3', '0.001')
const dates = fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-02-03T04:05:06.789Z', '1999-12-31T23:59:59.000Z').map(toDate)
const statuses = fc.constantFrom('open', 'doing', 'done', 'dropped')
const priorities = fc.integer({ min: 0, max: 99 })
const efforts = fc.constantFrom(-50, -2.5, 0, 7, 50)
const tags = fc.subarray(['x', 'y', 'z'])
const address = fc.record({ city: texts, zip: texts }, { requiredKeys: ['city'] })

function toDate(text: string): Date {
  return new Date(text)
}

const absent = fc.constant(remove())

/** What may be done to each attribute of a Task. */
const taskChanges = {
  status: fc.oneof(statuses, statuses.map(ifNotExists)),
  priority: fc.oneof(priorities, fc.integer({ min: -60, max: 60 }).map(add), priorities.map(ifNotExists)),
  score: fc.oneof(numbers, numbers.map(add), numbers.map(ifNotExists)),
  effort: fc.oneof(efforts, absent, efforts.map(add), efforts.map(ifNotExists)),
  dueAt: fc.oneof(dates, absent, dates.map(ifNotExists)),
  assignee: fc.oneof(textsInKeys, absent, textsInKeys.map(ifNotExists)),
  tags: fc.oneof(
    tags.map((some) => new Set(some)),
    tags.map((some) => addToSet(...some)),
    tags.map((some) => removeFromSet(...some)),
  ),
  notes: fc.oneof(fc.array(texts, { maxLength: 2 }), fc.array(texts, { maxLength: 2 }).map(append), fc.array(texts).map(prepend)),
  address: fc.oneof(address, absent, fc.constantFrom(patch({ city: 'c', zip: remove() }), patch({ zip: ifNotExists('z') }))),
  flag: fc.oneof(fc.boolean(), fc.boolean().map(ifNotExists)),
  big: fc.oneof(bigints, bigints.map(add)),
  category: fc.oneof(textsInKeys, absent, textsInKeys.map(ifNotExists)),
  points: fc.oneof(numbers, absent, numbers.map(add)),
}

const noteChanges = {
  kind: fc.oneof(textsInKeys, textsInKeys.map(ifNotExists)),
  category: fc.oneof(textsInKeys, absent, textsInKeys.map(ifNotExists)),
  rank: fc.oneof(numbers, absent, numbers.map(add)),
  text: fc.oneof(texts, absent, texts.map(ifNotExists)),
  weight: fc.oneof(decimals, absent, decimals.map(add), decimals.map(ifNotExists)),
  expires: fc.oneof(dates, absent),
}

/** Whole items: all that a create needs, the rest at random. */
const taskInputs = fc.record(
  {
    status: statuses,
    priority: priorities,
    score: numbers,
    effort: efforts,
    dueAt: dates,
    assignee: textsInKeys,
    tags: tags.map((some) => new Set(some)),
    notes: fc.array(texts, { maxLength: 2 }),
    address,
    flag: fc.boolean(),
    big: bigints,
    category: textsInKeys,
    points: numbers,
    lane: fc.integer({ min: -9, max: 9 }),
  },
  { requiredKeys: ['priority', 'score', 'tags'] },
)
const noteInputs = fc.record(
  { kind: textsInKeys, category: textsInKeys, rank: numbers, text: texts, weight: decimals, expires: dates },
  { requiredKeys: ['kind'] },
)

/** An upsert carries the whole item, of which some attributes are operations. */
const taskUpserts = fc
  .tuple(taskInputs, fc.record({ ...taskChanges, address, notes: fc.array(texts) }, { requiredKeys: [] }))
  .map(([input, changes]) => ({ ...input, ...changes }))
const noteUpserts = fc
  .tuple(noteInputs, fc.record(noteChanges, { requiredKeys: [] }))
  .map(([input, changes]) => ({ ...input, ...changes }))

const taskConditions: fc.Arbitrary<object> = fc.oneof(
  statuses.map((status) => ({ status })),
  fc.constantFrom({ effort: { exists: false } }, { dueAt: { exists: true } }, not({ flag: true })),
  priorities.map((gte) => ({ priority: { gte } })),
  efforts.map((eq) => ({ effort: { eq } })),
  fc
    .tuple(statuses, priorities)
    .map(([status, priority]) => or<object>({ status }, and<object>({ priority: { lt: priority } }, { flag: false }))),
)
const noteConditions: fc.Arbitrary<object> = fc.oneof(
  texts.map((kind) => ({ kind })),
  fc.constantFrom({ text: { beginsWith: 'a' } }, { category: { exists: false } }),
)

const taskNames = ['status', 'priority', 'score', 'effort', 'dueAt', 'assignee', 'tags', 'flag', 'big', 'version', 'updatedAt']
const noteNames = ['kind', 'text', 'weight', 'createdAt', 'rank', 'category']

const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 })

function stepsOf(entity: EntityName): fc.Arbitrary<Step> {
  const [inputs, changes, upserts, conditions, names] =
    entity === 'Task'
      ? ([taskInputs, taskChanges, taskUpserts, taskConditions, taskNames] as const)
      : ([noteInputs, noteChanges, noteUpserts, noteConditions, noteNames] as const)
  const few = fc.subarray(Object.keys(changes), { minLength: 0, maxLength: 4 })
  const updates = few.chain((chosen) =>
    fc.record(
      Object.fromEntries(
        Object.entries(changes as Record<string, fc.Arbitrary<unknown>>).filter(([name]) => chosen.includes(name)),
      ),
    ),
  )
  const step = (kind: Step['kind'], input: fc.Arbitrary<Values>, weight: number) => ({
    weight,
    arbitrary: fc
      .record({
        key: fc.record({ tenant: fc.constantFrom('a', 'b$c d'), id: fc.constantFrom('1', '2') }),
        input,
        if: rarely<object | undefined>(conditions),
        version: rarely(fc.constantFrom('right', 'right', 'wrong')),
        known: rarely(fc.record({ names: fc.subarray([...names], { minLength: 1 }), right: fc.boolean() })),
      })
      .map(
        ({ key, input, if: condition, version, known }): Step => ({
          kind,
          entity,
          key,
          input,
          ...(condition !== undefined && { if: condition }),
          ...(version !== undefined && { version }),
          ...(known !== undefined && { known }),
        }),
      ),
  })
  return fc.oneof(
    step('create', inputs, 3),
    step('put', inputs, 2),
    step('update', updates, 10),
    step('upsert', upserts, 3),
    step('delete', fc.constant({}), 1),
  )
}

const single = fc.oneof({ weight: 3, arbitrary: stepsOf('Task') }, { weight: 2, arbitrary: stepsOf('Note') })

/** Single writes, and lists of them that are one transaction. */
export const sequences: fc.Arbitrary<readonly (Step | readonly Step[])[]> = fc.array(
  fc.oneof({ weight: 8, arbitrary: single }, { weight: 1, arbitrary: fc.array(single, { minLength: 1, maxLength: 4 }) }),
  { minLength: 1, maxLength: 40, size: 'max' },
)

/** Concurrent updates of one Task: each adds to its score, and changes what other index keys depend on. */
export function writersOf(count: number): fc.Arbitrary<readonly { readonly amount: number; readonly changes: Values }[]> {
  const changes = fc.record(
    {
      status: statuses,
      // Away from the bounds, which would refuse a sum.
      priority: fc.oneof(fc.integer({ min: 20, max: 80 }), fc.constantFrom(1, -1).map(add)),
      effort: fc.oneof(efforts, absent),
      dueAt: fc.oneof(dates, absent),
      assignee: fc.oneof(texts, absent),
      tags: tags.map((some) => addToSet(...some)),
      points: fc.constantFrom(1, 2).map(add),
      category: texts,
    },
    { requiredKeys: [] },
  )
  return fc.array(fc.record({ amount: fc.constantFrom(1, 10, -3), changes }), { minLength: 2, maxLength: count })
}

/** The write that a step stands for, with what it takes from the item that is there now. In a function, since awaiting it would run it. */
export async function writeOf(step: Step, entity: Writable): Promise<() => WriteOperation<unknown>> {
  const { kind, key, input } = step
  const needsItem = step.version === 'right' || step.known !== undefined
  const item = needsItem ? await entity.get(key, { consistent: true, includeExpired: true }) : undefined
  const right = item?.version as number | undefined
  const version = step.version === 'right' ? right : step.version === 'wrong' ? 77 : undefined
  const condition = step.if === undefined ? {} : { if: step.if }
  const versioned = step.entity === 'Task' && version !== undefined ? { version } : {}
  switch (kind) {
    case 'create':
      return () => entity.create({ ...key, ...input }, condition)
    case 'put':
      return () => entity.put({ ...key, ...input, ...versioned }, condition)
    case 'delete':
      return () => entity.delete(key, { ...condition, ...versioned })
    default: {
      const known = step.known && item ? { known: knownValues(step.known, item) } : {}
      return () => entity.update(key, input, { ...condition, ...versioned, ...known, ...(kind === 'upsert' && { upsert: true }) })
    }
  }
}

/** Values of the item, or for wrong ones those of an item that does not exist. */
function knownValues({ names, right }: NonNullable<Step['known']>, item: Values): Values {
  const wrong: Values = { status: 'dropped', priority: 98, score: 4242, kind: 'other', flag: true, version: 55, rank: 4242 }
  return Object.fromEntries(names.map((name) => [name, right ? item[name] : wrong[name]]))
}

/** What came of a write: done, or which of Singlet's errors. Anything else is a request that should not have been sent. */
export async function outcomeOf(write: () => PromiseLike<unknown> | undefined): Promise<string> {
  try {
    await write()
    return 'done'
  } catch (error) {
    if (error instanceof ValidationError) return `ValidationError ${error.reason}`
    if (error instanceof SingletError) return error.name
    throw error
  }
}
