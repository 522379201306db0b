// Pages against an oracle: whatever is asked of whatever data, the pages put together are the filtered, sorted whole.
import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import type { PageOperation, PageOptions } from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { observed } from './observed-requests.ts'
import { connectReading, type EventItem, type ReadingModel, readingModel } from './reading-model.ts'

type Name = Exclude<keyof ReadingModel['accessPatterns'], 'collection'>
type Values = Record<string, unknown>

/** What the oracle knows of a pattern. */
interface Subject {
  readonly partition: readonly (keyof EventItem)[]
  readonly sort: readonly (keyof EventItem)[]
  /** Attributes that sort downwards in the key. */
  readonly down?: readonly string[]
  readonly select?: readonly (keyof EventItem)[]
  /** Attributes that can be filtered by. */
  readonly filters: readonly ('flag' | 'rank')[]
  readonly holds?: (item: EventItem) => boolean
  /** Items of the other entity are in the range, so that rounds may bring too few. */
  readonly shared: boolean
}

const subjects: Record<Name, Subject> = {
  inTable: { partition: ['tenant'], sort: ['group', 'id'], filters: ['flag', 'rank'], shared: true },
  overloaded: { partition: ['group'], sort: ['rank', 'id'], filters: ['flag', 'rank'], shared: false },
  hydrated: { partition: ['tenant'], sort: ['when', 'id'], filters: [], shared: true },
  keysOnly: {
    partition: ['tenant'],
    sort: ['when', 'id'],
    select: ['tenant', 'group', 'id', 'when'],
    filters: [],
    shared: true,
  },
  some: {
    partition: ['tenant'],
    sort: ['rank', 'id'],
    down: ['rank'],
    select: ['tenant', 'group', 'id', 'rank', 'flag'],
    filters: ['flag'],
    shared: false,
  },
  sharded: { partition: ['flag'], sort: ['when', 'id'], filters: ['flag', 'rank'], shared: true },
  natural: { partition: ['group'], sort: ['rank'], filters: ['flag'], shared: true },
  local: {
    partition: ['tenant'],
    sort: ['label'],
    filters: [],
    holds: (item) => item.label !== undefined,
    shared: true,
  },
  localSelect: {
    partition: ['tenant'],
    sort: ['label'],
    select: ['id', 'label'],
    filters: [],
    holds: (item) => item.label !== undefined,
    shared: true,
  },
  inverse: { partition: ['group', 'id'], sort: ['tenant'], filters: ['flag', 'rank'], shared: false },
  flagged: {
    partition: ['tenant'],
    sort: ['group', 'id'],
    filters: ['flag', 'rank'],
    holds: (item) => item.flag === 'a',
    shared: true,
  },
  scanned: { partition: [], sort: [], filters: ['flag', 'rank'], shared: true },
}

const shardCounts = [1, 2, 5, 16]
const texts = ['a', 'a#b', 'a$', 'ab', 'A', ' ', '\u0001', 'é', '\uffee', '😀', '😀b', '~']
const ranks = [-1e20, -5, -0.25, 0, 0.5, 1, 1.5, 10, 9, 1e20]
const times = [0, 1, 2, 500].map((day) => new Date(Date.UTC(2026, 0, 1 + day)))
const tenants = ['t', 't#1', '😀']

const event: fc.Arbitrary<EventItem> = fc
  .record({
    tenant: fc.constantFrom(...tenants),
    group: fc.constantFrom(...texts),
    id: fc.constantFrom(...texts),
    rank: fc.constantFrom(...ranks),
    when: fc.constantFrom(...times),
    flag: fc.constantFrom('a' as const, 'b' as const),
    label: fc.option(fc.constantFrom(...texts), { nil: undefined }),
  })
  .map(({ label, ...item }) => (label === undefined ? item : { ...item, label }))
const identity = ({ tenant, group, id }: Pick<EventItem, 'tenant' | 'group' | 'id'>) => JSON.stringify([tenant, group, id])

const pools: { [N in keyof EventItem]-?: fc.Arbitrary<unknown> } = {
  tenant: fc.constantFrom(...tenants),
  group: fc.constantFrom(...texts),
  id: fc.constantFrom(...texts),
  rank: fc.constantFrom(...ranks, 3, -7),
  when: fc.constantFrom(...times, new Date(Date.UTC(2026, 5, 1))),
  flag: fc.constantFrom('a', 'b'),
  label: fc.constantFrom(...texts),
}

/** DynamoDB's order of values: numbers, times, and text by its bytes. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(String(b)))
  return Number(a) - Number(b)
}

type Range =
  | { op: 'gt' | 'gte' | 'lt' | 'lte'; value: unknown }
  | { op: 'between'; value: [unknown, unknown] }
  | { op: 'beginsWith'; value: string }

function inRange(value: unknown, range: Range): boolean {
  if (range.op === 'beginsWith') return String(value).startsWith(range.value)
  if (range.op === 'between') return compare(value, range.value[0]) >= 0 && compare(value, range.value[1]) <= 0
  const order = compare(value, range.value)
  return { gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[range.op]
}

interface Question {
  readonly name: Name
  readonly partition: Values
  readonly fixed: Values
  readonly range: { readonly attribute: keyof EventItem; readonly test: Range } | undefined
  readonly where: { readonly flag?: 'a' | 'b'; readonly rank?: number } | undefined
  readonly descending: boolean
  readonly limit: number
  readonly maxRequests: number | undefined
}

function rangeOn(attribute: keyof EventItem): fc.Arbitrary<Range> {
  const value = pools[attribute]
  const sides = fc.record({ op: fc.constantFrom('gt', 'gte', 'lt', 'lte'), value }) as fc.Arbitrary<Range>
  const between = fc
    .tuple(value, value)
    .map((ends): Range => ({ op: 'between', value: compare(...ends) <= 0 ? ends : [ends[1], ends[0]] }))
  const isText = attribute !== 'rank' && attribute !== 'when'
  return isText
    ? fc.oneof(
        sides,
        between,
        fc.constantFrom('', 'a', '😀', '~').map((text): Range => ({ op: 'beginsWith', value: text })),
      )
    : fc.oneof(sides, between)
}

function question(items: readonly EventItem[]): fc.Arbitrary<Question> {
  return fc
    .tuple(
      fc.constantFrom<Name>(...(Object.keys(subjects) as Name[]), 'sharded', 'sharded'),
      fc.nat(2),
      fc.boolean(),
      fc.nat(Math.max(0, items.length - 1)),
    )
    .chain(([name, depth, ranged, at]) => {
      const { partition, sort, filters } = subjects[name]
      const sample = items[at]
      // Mostly values that exist, so that most questions have an answer.
      const likelyValue = (attribute: keyof EventItem) =>
        sample?.[attribute] === undefined
          ? pools[attribute]
          : fc.oneof({ weight: 5, arbitrary: fc.constant(sample[attribute]) }, pools[attribute])
      const fixed = sort.slice(0, depth)
      const next = sort[fixed.length]
      const record = (names: readonly (keyof EventItem)[]) =>
        fc.record(Object.fromEntries(names.map((one) => [one, likelyValue(one)]))) as fc.Arbitrary<Values>
      return fc.record({
        name: fc.constant(name),
        partition: record(partition),
        fixed: record(fixed),
        range: ranged && next !== undefined ? rangeOn(next).map((test) => ({ attribute: next, test })) : fc.constant(undefined),
        where: fc.option(
          fc.record(
            {
              ...(filters.includes('flag') && { flag: fc.constantFrom('a' as const, 'b' as const) }),
              ...(filters.includes('rank') && { rank: fc.constantFrom(-5, 0, 1, 10) }),
            },
            { requiredKeys: [] },
          ),
          { nil: undefined },
        ),
        descending: fc.boolean(),
        limit: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(100)),
        maxRequests: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined, freq: 2 }),
      })
    })
}

const world = fc
  .tuple(
    fc.constantFrom(...shardCounts),
    fc.uniqueArray(event, { selector: identity, maxLength: 18 }),
    fc.uniqueArray(event, { selector: identity, maxLength: 6 }),
  )
  .chain(([shards, events, logs]) =>
    fc.record({
      shards: fc.constant(shards),
      events: fc.constant(events),
      logs: fc.constant(logs),
      questions: fc.array(question(events), { minLength: 1, maxLength: 3 }),
      late: fc.array(event, { maxLength: 4 }),
    }),
  )

/** The answer, in ascending order; items with equal sort keys are in no particular one. */
function expected(items: readonly EventItem[], { name, partition, fixed, range, where }: Question): EventItem[] {
  const { holds = () => true, sort } = subjects[name]
  const equal = (item: EventItem, values: Values) =>
    Object.entries(values).every(([attribute, value]) => {
      const found = item[attribute as keyof EventItem]
      return found !== undefined && compare(found, value) === 0
    })
  return items
    .filter(holds)
    .filter((item) => equal(item, partition) && equal(item, fixed))
    .filter((item) => range === undefined || inRange(item[range.attribute], range.test))
    .filter((item) => where?.flag === undefined || item.flag === where.flag)
    .filter((item) => where?.rank === undefined || item.rank >= where.rank)
    .sort((a, b) => compareBy(name, a, b) || (sort.length === 0 ? 0 : compare(identity(a), identity(b))))
}

function compareBy(name: Name, a: EventItem, b: EventItem): number {
  const { sort, down = [] } = subjects[name]
  for (const attribute of sort) {
    const order = compare(a[attribute], b[attribute])
    if (order !== 0) return down.includes(attribute) ? -order : order
  }
  return 0
}

function inputOf({ partition, fixed, range }: Question): Values {
  return { ...partition, ...fixed, ...(range !== undefined && { [range.attribute]: { [range.test.op]: range.test.value } }) }
}

function optionsOf({ name, where, descending, limit, maxRequests }: Question): PageOptions {
  const filter = where && {
    ...(where.flag && { flag: where.flag }),
    ...(where.rank !== undefined && { rank: { gte: where.rank } }),
  }
  return {
    limit,
    ...(name !== 'scanned' && { descending }),
    ...(filter !== undefined && { where: filter }),
    ...(maxRequests !== undefined && { maxRequests }),
  }
}

describe('pages of a pattern', () => {
  let engine: TestEngine
  let client: DynamoDBClient
  before(async () => {
    engine = await startTestEngine()
    client = engine.client()
  })
  after(() => engine.close())

  const models = new Map(shardCounts.map((count) => [count, readingModel(count)]))
  let tables = 0

  async function fill(shards: number, events: readonly EventItem[], logs: readonly EventItem[]) {
    const model = models.get(shards) ?? readingModel(shards)
    const tableName = `reading-${tables++}`
    await createTable(model, client, { tableName })
    const shop = connectReading(model, { client, tableName })
    const puts = [
      ...events.map((item) => shop.entities.Event.put(item).params()),
      ...logs.map((item) => shop.entities.Log.put(item).params()),
    ] as { Item: Record<string, never> }[]
    if (puts.length > 0)
      await client.send(
        new BatchWriteItemCommand({ RequestItems: { [tableName]: puts.map(({ Item }) => ({ PutRequest: { Item } })) } }),
      )
    const ask = (name: Name, input: Values, options: PageOptions) =>
      (shop.patterns[name] as unknown as (input: Values, options: PageOptions) => PageOperation<EventItem>)(input, options)
    return { shop, ask }
  }

  /** Checks an answer against the oracle: the same items, in an order that the oracle's is one of. */
  function check(asked: Question, items: readonly EventItem[], wanted: readonly EventItem[]): void {
    const { select } = subjects[asked.name]
    const shown = (item: EventItem) => {
      const entries = Object.entries(item).filter(([name]) => select === undefined || select.includes(name as keyof EventItem))
      return JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))))
    }
    expect(items.map(shown).sort()).to.deep.equal(wanted.map(shown).sort())
    if (asked.name === 'localSelect') return
    for (const [index, item] of items.entries()) {
      const before = items[index - 1]
      if (before === undefined) continue
      const order = compareBy(asked.name, before, item)
      expect(asked.descending ? -order : order).to.be.at.most(0)
    }
  }

  it('put together are the sorted, filtered whole, and each is full until the last', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ shards, events, logs, questions }) => {
        const { ask } = await fill(shards, events, logs)
        for (const asked of questions) {
          const wanted = expected(events, asked)
          const options = optionsOf(asked)
          const input = inputOf(asked)
          const items: EventItem[] = []
          let cursor: string | undefined
          do {
            const { result: page, requests } = await observed(() =>
              ask(asked.name, input, { ...options, ...(cursor !== undefined && { cursor }) }),
            )
            items.push(...page.items)
            expect(page.misfits).to.deep.equal([])
            expect(page.items.length).to.be.at.most(asked.limit)
            const reads = requests.filter(({ operation }) => operation !== 'BatchGetItem')
            const sources = asked.name === 'sharded' ? shards : asked.name === 'scanned' ? 3 : 1
            expect(reads.length, 'requests').to.be.at.most(Math.max(sources, asked.maxRequests ?? 100))
            const selective = asked.name === 'flagged' || (asked.where !== undefined && Object.keys(asked.where).length > 0)
            if (!selective && logs.length === 0 && asked.name !== 'scanned') expect(reads.length, 'rounds').to.be.at.most(sources)
            if (page.cursor !== undefined && asked.maxRequests === undefined) expect(page.items).to.have.length(asked.limit)
            if (page.cursor !== undefined) expect(decodeURIComponent(encodeURIComponent(page.cursor))).to.match(/^[\w-]+$/)
            cursor = page.cursor === undefined ? undefined : JSON.parse(JSON.stringify(page)).cursor
          } while (cursor !== undefined)
          check(asked, items, wanted)
        }
      }),
      { numRuns: propertyRuns },
    )
  })

  it('agree with all(), first() and iteration, also when that is left early', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.nat(10), async ({ shards, events, logs, questions }, leaveAfter) => {
        const { ask } = await fill(shards, events, logs)
        for (const asked of questions) {
          const wanted = expected(events, asked)
          const { limit = 1, maxRequests: _, ...options } = optionsOf(asked)
          const input = inputOf(asked)
          const all = await ask(asked.name, input, options).all()
          check(asked, all, wanted)
          const first = await ask(asked.name, input, options).first()
          // A scan has no order, so it need not begin with the same item.
          if (asked.name === 'scanned') expect(first === undefined).to.equal(all.length === 0)
          else expect(first).to.deep.equal(all[0])
          const iterated: EventItem[] = []
          for await (const item of ask(asked.name, input, options)) {
            iterated.push(item)
            if (iterated.length > leaveAfter) break
          }
          if (asked.name !== 'scanned') expect(iterated).to.deep.equal(all.slice(0, leaveAfter + 1))
          const some = await ask(asked.name, input, { ...options, limit }).all()
          expect(some).to.have.length(Math.min(limit, all.length))
          if (asked.name === 'scanned') continue
          expect(some).to.deep.equal(all.slice(0, limit))
          expect((await ask(asked.name, input, { ...options, limit }).page()).items).to.deep.equal(some)
        }
      }),
      { numRuns: propertyRuns },
    )
  })

  it('show every item that was there throughout exactly once, whatever is written between them', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ shards, events, logs, questions, late }) => {
        const { shop, ask } = await fill(shards, events, logs)
        const known = new Set(events.map(identity))
        const inserted = late.filter((item) => !known.has(identity(item)))
        const [asked] = questions
        if (asked === undefined) return
        const items: EventItem[] = []
        let cursor: string | undefined
        do {
          const page = await ask(asked.name, inputOf(asked), { ...optionsOf(asked), ...(cursor !== undefined && { cursor }) })
          items.push(...page.items)
          cursor = page.cursor
          const next = inserted.pop()
          if (next !== undefined) await shop.entities.Event.put(next)
        } while (cursor !== undefined)
        // What localSelect answers does not tell which item it is.
        if (asked.name === 'localSelect') return
        const before = items.filter((item) => known.has(identity(item)))
        check(asked, before, expected(events, asked))
        expect(new Set(items.map(identity)).size).to.equal(items.length)
      }),
      { numRuns: propertyRuns },
    )
  })

  describe('over 5 shards', () => {
    const days = Array.from({ length: 40 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)))
    const events = days.map((when, day): EventItem => ({ tenant: 't', group: 'g', id: `e${day}`, rank: day, when, flag: 'a' }))

    for (const descending of [false, true])
      it(`merge in key order, ${descending ? 'descending' : 'ascending'}, with one round of 5 queries each`, async () => {
        const { ask } = await fill(5, events.slice(0, 24), [])
        const found: EventItem[] = []
        let cursor: string | undefined
        do {
          const options = { limit: 7, descending, ...(cursor !== undefined && { cursor }) }
          const { result, requests } = await observed(() => ask('sharded', { flag: 'a' }, options))
          // Shards that have ended are not asked again.
          if (cursor === undefined) expect(requests).to.have.length(5)
          expect(requests.length).to.be.at.most(5)
          found.push(...result.items)
          cursor = result.cursor
        } while (cursor !== undefined)
        expect(found).to.deep.equal(descending ? events.slice(0, 24).reverse() : events.slice(0, 24))
      })
  })

  it('behind a filter that lets little through take few requests: what each reads grows', async () => {
    const { shop, ask } = await fill(1, [], [])
    for (let number = 0; number < 300; number++)
      await shop.entities.Event.put({
        tenant: 't',
        group: 'g',
        id: String(number).padStart(3, '0'),
        rank: number,
        when: new Date(0),
        flag: 'b',
      })
    const { result, requests } = await observed(() => ask('inTable', { tenant: 't' }, { limit: 1, where: { rank: 299 } }))
    expect(result.items.map(({ rank }) => rank)).to.deep.equal([299])
    expect(requests.length).to.be.at.most(9)
    const found = await observed(() => ask('keysOnly', { tenant: 't' }, { limit: 1 }))
    expect(found.requests).to.have.length(1)
  })
})
