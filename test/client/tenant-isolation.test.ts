// Two tenants, one table: whatever they are called and whatever they write, each sees its own items and no others, and its keys are its own.
import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  fromContext,
  get,
  ItemExistsError,
  ItemNotFoundError,
  inverted,
  itemCollection,
  leadingKeys,
  many,
  number,
  query,
  string,
  UniqueConstraintError,
} from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'

interface Layout {
  readonly keyEncoding: 'escaped' | 'verbatim'
  /** How every partition key begins. */
  readonly lead: string
  readonly tail: string
  readonly inverted: boolean
  readonly shards: number | undefined
  readonly unique: boolean
}

const layouts: fc.Arbitrary<Layout> = fc.record({
  keyEncoding: fc.constantFrom('escaped' as const, 'verbatim' as const),
  lead: fc.constantFrom('TENANT#{tenantId}', '{tenantId}', 'X{tenantId}', 'A#B{tenantId}', '*#{tenantId}'),
  tail: fc.constantFrom('', '#{group}', '#G#{group}'),
  inverted: fc.boolean(),
  shards: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  unique: fc.boolean(),
})

/** Names that look like parts of keys, of each other, of escapes and of policies. */
const nasty = [
  ...[
    'a',
    'ab',
    'a#',
    'a#b',
    'a#*',
    'a$',
    'a$S',
    'a$Sb',
    '#',
    '$',
    '$S',
    '*',
    '?',
    'a*',
    '$\u007B*}',
    'TENANT',
    'X',
    'XX',
    'A',
    'B',
    'G',
  ],
  ...[
    'a#ITEM',
    'a#G#a',
    'a#U#x',
    ' ',
    '\u0000',
    '\u001F',
    'é',
    'e\u0301',
    '𝒳',
    '\uFFFF',
    '\u{10FFFD}',
    '\u{10FFFF}',
    '_',
    'a_',
    '%',
  ],
]
const texts = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }))
const fits = ({ keyEncoding }: Layout, text: string) => keyEncoding === 'escaped' || !/[#\u{10FFFF}]/u.test(text)

function modelOf({ keyEncoding, lead, tail, inverted: swapped, shards, unique }: Layout) {
  const table = defineTable({
    name: 'shared',
    partitionKey: 'PK',
    sortKey: 'SK',
    indexes: {
      GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
      ...(swapped && { Inverted: { partitionKey: 'SK', sortKey: 'PK' } }),
    },
    tenant: 'tenantId',
    keyEncoding,
  })
  const under = swapped ? `${lead}#` : ''
  const Item = defineEntity('Item', {
    attributes: { tenantId: fromContext(), group: string(), id: string(), label: string().optional(), count: number() },
    key: { pk: `${lead}${tail}`, sk: `${under}ITEM#{group}#{id}` },
    indexes: {
      GSI1: { pk: `${lead}#L{label}`, sk: '{id}', ...(shards !== undefined && { shards: { count: shards } }) },
      ...(swapped && { Inverted: inverted() }),
    },
    ...(unique && { unique: { label: `${lead}#U#{label}` } }),
  })
  const Tag = defineEntity('Tag', {
    attributes: { tenantId: fromContext(), group: string(), id: string() },
    key: { pk: `${lead}${tail}`, sk: `${under}TAG#{group}#{id}` },
  })
  return defineModel({
    table,
    entities: { Item, Tag },
    accessPatterns: {
      item: get(Item),
      items: query(Item),
      labelled: query(Item).index('GSI1'),
      all: itemCollection({ items: many(Item), tags: many(Tag) }),
    },
  })
}

interface Command {
  readonly who: 0 | 1
  readonly kind: 'create' | 'put' | 'update' | 'delete' | 'move' | 'tag'
  readonly group: number
  readonly id: number
  readonly other: number
  readonly label: number | undefined
  readonly count: number
}
const small = fc.integer({ min: 0, max: 1 })
const commands: fc.Arbitrary<Command> = fc.record({
  who: fc.constantFrom(0 as const, 1 as const),
  kind: fc.constantFrom('create' as const, 'put' as const, 'update' as const, 'delete' as const, 'move' as const, 'tag' as const),
  group: small,
  id: small,
  other: small,
  label: fc.option(small, { nil: undefined }),
  count: fc.integer({ min: 0, max: 9 }),
})

const cases = layouts.chain((layout) => {
  const text = texts.filter((one) => fits(layout, one))
  // Often one begins with the other: that is where a key that is not escaped would give one's items to the other.
  const pair = fc
    .tuple(text, fc.oneof(text, fc.constant('')), fc.constantFrom('', '#', '$'))
    .map(([one, more, between]) => [one, one + between + more])
    .filter(([one, other = '']) => one !== other && fits(layout, other))
  const values = fc.oneof(pair, fc.uniqueArray(text, { minLength: 2, maxLength: 2 }))
  return fc.record({
    layout: fc.constant(layout),
    tenants: values,
    // The tenants' own names are among the values that they write.
    values: fc.tuple(values, values).map(([own, others]) => [...own, ...others]),
    commands: fc.array(commands, { minLength: 1, maxLength: 14 }),
  })
})

type Item = { group: string; id: string; label?: string | undefined; count: number }
type Tag = { group: string; id: string }
interface Own {
  readonly items: Map<string, Item>
  readonly tags: Map<string, Tag>
}
const keyOf = ({ group, id }: Tag) => JSON.stringify([group, id])

describe('two tenants of one table', () => {
  let engine: TestEngine
  let tables = 0
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  it('each read exactly what they have written, under keys that begin with their own name', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ layout, tenants, values, commands: all }) => {
        const model = modelOf(layout)
        const client = engine.client()
        const tableName = `shared-${tables++}`
        await createTable(model, client, { tableName })
        const [first = '', second = ''] = tenants
        const shop = connect(model, { client, tableName, context: { tenantId: first } })
        const shops = [shop, shop.with({ tenantId: second })] as const
        const owned: readonly [Own, Own] = [
          { items: new Map(), tags: new Map() },
          { items: new Map(), tags: new Map() },
        ]
        for (const command of all) await run(shops[command.who].entities, owned[command.who], command, values, layout)
        for (const who of [0, 1] as const) await expectOwn(shops[who], owned[who], tenants[who] ?? '', values, layout)
        const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }))
        expectKeys(
          Items,
          tenants.map((tenantId) => leadingKeys(model, { tenantId })),
          tenants,
          owned,
          layout,
        )
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  }).timeout(600_000)
})

type Shop = ReturnType<typeof connect<ReturnType<typeof modelOf>['entities'], ReturnType<typeof modelOf>['accessPatterns']>>

/** What a command does to what its tenant has, and nobody else. */
async function run({ Item, Tag }: Shop['entities'], { items, tags }: Own, command: Command, values: string[], layout: Layout) {
  const value = (index: number) => values[index] ?? ''
  const key = { group: value(command.group), id: value(2 + command.id) }
  const target = { group: value(command.group), id: value(2 + command.other) }
  const label = command.label === undefined ? undefined : value(command.label)
  const { count } = command
  const item: Item = { ...key, ...(label !== undefined && { label }), count }
  const taken = (next: Item) =>
    layout.unique &&
    next.label !== undefined &&
    [...items.values()].some((one) => one.label === next.label && keyOf(one) !== keyOf(key))
  const old = items.get(keyOf(key))
  const written = (next: Item) => {
    items.delete(keyOf(key))
    items.set(keyOf(next), next)
  }
  const attempt = async (operation: PromiseLike<unknown>, next: Item, refused?: new (...given: never[]) => Error) => {
    let error: unknown
    try {
      await operation
    } catch (caught) {
      error = caught
    }
    if (refused !== undefined) return expect(error).to.be.instanceOf(refused)
    if (taken(next)) return expect(error).to.be.instanceOf(UniqueConstraintError)
    expect(error).to.equal(undefined)
    return written(next)
  }
  switch (command.kind) {
    case 'create':
      return attempt(Item.create(item), item, old && ItemExistsError)
    case 'put':
      return attempt(Item.put(item), item)
    case 'update': {
      const next = { ...old, ...item }
      return attempt(
        Item.update(key, { ...(label !== undefined && { label }), count }),
        next,
        old ? undefined : ItemNotFoundError,
      )
    }
    case 'delete': {
      const deleted = await Item.delete(key)
      expect(deleted === undefined).to.equal(!items.delete(keyOf(key)))
      return
    }
    case 'move': {
      if (keyOf(target) === keyOf(key)) return
      const exists = items.has(keyOf(target)) ? ItemExistsError : undefined
      return attempt(Item.move(key, target), { ...(old ?? item), ...target }, old === undefined ? ItemNotFoundError : exists)
    }
    case 'tag':
      await Tag.put(key)
      tags.set(keyOf(key), key)
  }
}

/** Every way of reading gives what the tenant has. */
async function expectOwn(shop: Shop, { items, tags }: Own, tenantId: string, values: string[], { tail }: Layout) {
  const [groups, ids] = [values.slice(0, 2), values.slice(2)]
  const whole = (one: object) => ({ tenantId, ...one })
  const sorted = (found: readonly object[]) => found.map((one) => JSON.stringify(Object.entries(one).sort())).sort()
  const mine = [...items.values()].map(whole)
  for (const group of groups) {
    const partition = (tail === '' ? {} : { group }) as { group: string }
    const inPartition = (one: object) => tail === '' || (one as Tag).group === group
    expect(sorted(await shop.patterns.items(partition).all())).to.deep.equal(sorted(mine.filter(inPartition)))
    const together = await shop.patterns.all(partition)
    expect(sorted(together.items)).to.deep.equal(sorted(mine.filter(inPartition)))
    expect(sorted(together.tags)).to.deep.equal(sorted([...tags.values()].map(whole).filter(inPartition)))
    const labelled = mine.filter((one) => (one as unknown as Item).label === group)
    expect(sorted(await shop.patterns.labelled({ label: group } as never).all())).to.deep.equal(sorted(labelled))
    for (const id of ids) {
      const own = items.get(keyOf({ group, id }))
      const expected = own && whole(own)
      expect(await shop.patterns.item({ group, id })).to.deep.equal(expected)
      expect(await shop.batchGet([shop.entities.Item.get({ group, id })])).to.deep.equal([expected])
    }
  }
}

/** Every partition key is covered by the policy of its tenant and by no other's. */
function expectKeys(
  stored: readonly Record<string, AttributeValue>[],
  policies: readonly (readonly string[])[],
  tenants: readonly string[],
  owned: readonly Own[],
  layout: Layout,
) {
  const guards = [0, 0]
  for (const item of stored) {
    const names = ['PK', 'GSI1PK', ...(layout.inverted ? ['SK'] : [])]
    const keys = names.flatMap((name) => item[name]?.S ?? [])
    const covered = policies.map((patterns) => keys.map((key) => patterns.some((pattern) => isLike(key, pattern))))
    const owner = covered.findIndex((of) => of.every(Boolean))
    expect(owner, JSON.stringify(keys)).to.be.at.least(0)
    expect(covered[1 - owner], JSON.stringify(keys)).not.to.include(true)
    if (item.tenantId === undefined) guards[owner] = (guards[owner] ?? 0) + 1
    else expect(item.tenantId.S).to.equal(tenants[owner])
  }
  const labelled = owned.map(({ items }) => [...items.values()].filter(({ label }) => label !== undefined).length)
  expect(guards).to.deep.equal(layout.unique ? labelled : [0, 0])
}

/** IAM's StringLike: `*` is anything, `?` one character, `${*}` and its like the characters themselves. */
function isLike(text: string, pattern: string): boolean {
  const source = pattern.replace(/\$\{([*?$])\}|[\s\S]/gu, (part, escaped?: string) => {
    if (escaped !== undefined) return `\\${escaped}`
    if (part === '*') return '[\\s\\S]*'
    if (part === '?') return '[\\s\\S]'
    return part.replace(/[\\^$.|+()[\]{}/]/gu, '\\$&')
  })
  return new RegExp(`^${source}$`, 'u').test(text)
}
