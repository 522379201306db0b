// Definitions are frozen data of their own, whatever names are in them, and nothing that is given to them makes them fall over.
import { expect } from 'chai'
import fc from 'fast-check'
import {
  and,
  connect,
  defineEntity,
  defineModel,
  defineTable,
  itemCollection,
  ModelError,
  many,
  number,
  one,
  query,
  scan,
  string,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { entity, orderInput, problemsOf, table, tableInput, type Untyped } from './mistakes.ts'

/** The paths of objects in plain data that are not frozen. */
function thawed(value: unknown, path: string, seen = new Set<unknown>()): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Date || seen.has(value)) return []
  seen.add(value)
  const inside = Reflect.ownKeys(value).flatMap((name) => thawed((value as Untyped)[name], `${path}.${String(name)}`, seen))
  return Object.isFrozen(value) ? inside : [path, ...inside]
}

describe('a definition', () => {
  it('is frozen at every level', () => {
    const Order = entity({ indexes: { GSI2: { pk: 'A', when: { status: ['open'] }, shards: { count: 2 } } } })
    const asked = query(Order)
      .index('GSI2')
      .where(and({ total: { in: [1] } }) as Untyped)
      .select('total' as never)
      .rate({ perSecond: 1 })
    const collected = itemCollection({ orders: many(Order) })
    const model = defineModel({ table: table(), entities: { Order }, accessPatterns: { asked, collected } })
    const { table: shop, entities, accessPatterns } = model
    expect(thawed({ shop, entities, accessPatterns }, 'model').filter((path) => path !== 'model')).to.deep.equal([])
  })

  it('keeps which pattern writes an entity, where one does', () => {
    expect(entity({ writtenBy: 'adjacencyList' })).to.have.property('writtenBy', 'adjacencyList')
    expect(entity()).not.to.have.property('writtenBy')
  })

  it('does not change with what it was made of', () => {
    const [input, status, statuses] = [
      { name: 'shop', partitionKey: 'PK', indexes: { GSI1: { partitionKey: 'A', projection: ['a'] } } },
      { pk: 'A', when: {} as Untyped },
      ['open'],
    ]
    const shop = defineTable(input)
    status.when.status = statuses
    const Order = defineEntity('Order', {
      attributes: { id: string(), status: string() },
      key: { pk: '{id}' },
      indexes: { GSI1: status },
    })
    const where = { status: { in: statuses } }
    const pattern = scan(Order).where(where)
    input.indexes.GSI1.projection.push('b')
    statuses.push('paid')
    status.pk = 'B'
    expect(shop.indexes.GSI1?.projection).to.deep.equal(['a'])
    expect(Order.indexes.GSI1).to.deep.equal({ pk: 'A', when: { status: ['open'] } })
    expect(pattern.definition).to.have.deep.property('where', { status: { in: ['open'] } })
  })

  it('is not changed by the patterns that are made from it', () => {
    const asked = query(entity())
    asked.descending().consistent()
    expect(asked.definition).to.include({ descending: false, consistent: false })
  })
})

describe('names that every object inherits', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    it(`${name} is the name of an attribute, an entity, a pattern and an index like any other`, async () => {
      const shop = defineTable({ name: 'shop', partitionKey: 'PK', indexes: { [name]: { partitionKey: 'IPK' } } })
      const Odd = defineEntity(name, {
        attributes: { [name]: string(), size: number() },
        key: { pk: `ODD#{${name}}` },
        indexes: { [name]: { pk: `I#{${name}}`, when: { [name]: { ne: 'b' } } } },
      } as Untyped) as Untyped
      const accessPatterns = { [name]: query(Odd).index(name as never) }
      const model = defineModel({ table: shop, entities: { [name]: Odd }, accessPatterns })
      const engine = await startTestEngine()
      try {
        await createTable(model, engine.client())
        const connected = connect(model, { client: engine.client() }) as Untyped
        const item = { [name]: 'a', size: 1 }
        await connected.entities[name].create(item)
        expect(await connected.entities[name].get({ [name]: 'a' })).to.deep.equal(item)
        expect((await connected.patterns[name]({ [name]: 'a' })).items).to.deep.equal([item])
        await connected.entities[name].create({ [name]: 'b', size: 2 })
        expect((await connected.patterns[name]({ [name]: 'b' })).items).to.deep.equal([])
      } finally {
        await engine.close()
      }
    })
  }

  it('are names of members of an item collection', async () => {
    const names = ['__proto__', 'constructor']
    const Odd = defineEntity('Odd', { attributes: { id: string() }, key: { pk: '{id}' } })
    const collections = names.map((name) => [name, itemCollection({ [name]: one(Odd) })] as const)
    const model = defineModel({
      table: defineTable({ name: 'shop', partitionKey: 'PK' }),
      entities: { Odd },
      accessPatterns: Object.fromEntries(collections),
    })
    const engine = await startTestEngine()
    try {
      await createTable(model, engine.client())
      const { entities, patterns } = connect(model, { client: engine.client() })
      await entities.Odd.create({ id: 'a' })
      for (const name of names) {
        const found = await patterns[name]?.({ id: 'a' } as never)
        expect(Object.getOwnPropertyDescriptor(found ?? {}, name)?.value, name).to.deep.equal({ id: 'a' })
      }
    } finally {
      await engine.close()
    }
  })

  it('are no attributes, indexes and entities where none has the name', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const Order = entity({ key: { pk: `{${name}}`, sk: 'A' }, indexes: { [name]: { pk: 'A' } } })
      const codes = problemsOf({ table: table(), entities: { Order } }).map(({ code }) => code)
      expect(codes, name).to.include('unknown-attribute')
    }
  })
})

describe('whatever is given to a definition', () => {
  const anything: fc.Arbitrary<unknown> = fc.oneof(
    fc.anything({ withDate: true, withSet: true, withNullPrototype: true, withBigInt: true, maxDepth: 2 }),
    fc.constantFrom(() => 1, Symbol('odd'), string(), string, entity(), one(entity()), query(entity()), new Date(Number.NaN)),
  )
  const parts = {
    table: [...Object.keys(tableInput), 'typeAttribute', 'keyEncoding', 'delimiter'],
    entity: [...Object.keys(orderInput), 'indexes', 'onlyInTransactions', 'writtenBy', 'description'],
    index: ['pk', 'sk', 'when', 'shards', 'inverted'],
    model: ['table', 'entities', 'accessPatterns'],
    pattern: ['index', 'where', 'select', 'describe', 'rate', 'segments'],
  }
  const places = Object.entries(parts).flatMap(([part, names]) => names.map((name) => ({ part, name })))

  it('gives a model, or a ModelError that says where', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...places), anything), { minLength: 1, maxLength: 4 }), (given) => {
        const changes = (wanted: string) =>
          Object.fromEntries(given.flatMap(([{ part, name }, value]) => (part === wanted ? [[name, value]] : [])))
        try {
          const Order = entity({ indexes: { GSI1: { pk: 'A', sk: 'B', ...changes('index') } }, ...changes('entity') })
          let asked: Untyped = scan(Order)
          for (const [name, value] of Object.entries(changes('pattern'))) asked = asked[name](value)
          const other = {
            one: query(changes('pattern').where as Untyped),
            many: itemCollection(changes('pattern').rate as Untyped),
          }
          defineModel({
            table: table(changes('table')),
            entities: { Order },
            accessPatterns: { asked, ...other },
            ...changes('model'),
          } as Untyped)
        } catch (error) {
          if (!(error instanceof ModelError)) throw error
          for (const problem of error.problems)
            for (const text of [problem.code, problem.place, problem.message, problem.hint])
              expect(text).to.be.a('string').that.is.not.empty
        }
      }),
      { numRuns: propertyRuns },
    )
  })
})
