// Patterns that create items of entities with Standard Schemas: they take what a create takes, and write what it writes.
import { expect } from 'chai'
import * as v from 'valibot'
import { z } from 'zod'
import {
  type AnyEntity,
  connect,
  createTable,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  list,
  map,
  number,
  record,
  string,
  union,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { attributeDefinitions } from '../../lib/schema/definitions.ts'
import { aggregateCounter, counter } from '../../patterns/aggregate-counter.ts'
import { counted } from '../../patterns/counter-checks.ts'
import { createInput, isTransformed } from '../../patterns/create-input.ts'
import { versionHistory } from '../../patterns/version-history.ts'
import { verticalPartitioning } from '../../patterns/vertical-partitioning.ts'

const table = defineTable({ name: 'schemas', partitionKey: 'PK', sortKey: 'SK' })
/** Takes a date and gives its text: given the text, it refuses it. */
const dateText = z.date().transform((date) => date.toISOString().slice(0, 10))
const late = v.date()
const attributes = {
  judged: datetime().check(late),
  now: datetime().default('now').check(late),
  dates: list(datetime().check(late)).check(z.array(z.date()).min(1)),
  inside: map({ at: datetime().check(late), text: dateText }),
  any: union(datetime().check(late), number()),
  given: dateText,
  lists: record(dateText).check((texts) => Object.values(texts).every((text) => text.length === 10)),
  either: union(dateText, number()),
  defaulted: z.string().default('none'),
}
const day = new Date('2030-05-01T12:00:00Z')
const input = {
  judged: day,
  now: day,
  dates: [day],
  inside: { at: day, text: day },
  any: day,
  given: day,
  lists: { a: day },
  either: day,
}
const text = '2030-05-01'
const written = {
  ...input,
  inside: { at: day, text },
  given: text,
  lists: { a: text },
  either: text,
  defaulted: 'none',
}

const Plain = defineEntity('Plain', { attributes: { id: string(), ...attributes }, key: { pk: 'PLAIN#{id}', sk: 'PLAIN' } })
const Album = defineEntity('Album', {
  attributes: { album: string(), photos: counter() },
  key: { pk: 'ALBUM#{album}', sk: 'ALBUM' },
  onlyInTransactions: counted.parent,
})
const Photo = defineEntity('Photo', {
  attributes: { album: string(), photo: string(), ...attributes },
  key: { pk: 'ALBUM#{album}', sk: 'PHOTO#{photo}' },
  onlyInTransactions: counted.child,
})
const photos = aggregateCounter({ child: Photo, counters: [{ parent: Album, count: 'photos' }], create: 'add', delete: 'drop' })
const versions = versionHistory({ name: 'Document', attributes: { id: string(), ...attributes }, partitionKey: 'DOC#{id}' })
const parts = verticalPartitioning({ name: 'Record', key: { id: string() }, parts: { a: { attributes }, b: { attributes: {} } } })
const model = defineModel({
  table,
  entities: { Plain, Album, Photo, ...versions.entities, ...parts.entities },
  accessPatterns: { ...photos.accessPatterns, ...versions.accessPatterns, ...parts.accessPatterns },
})

describe('a pattern that creates items with Standard Schemas', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client() })
  let { entities, patterns } = {} as ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    ;({ entities, patterns } = open())
    await entities.Album.create({ album: 'a' })
  })
  after(() => engine.close())

  it('applies each once, and takes values that only a schema takes', async () => {
    expect(await entities.Plain.create({ id: '1', ...input }), 'a plain create').to.deep.equal({ id: '1', ...written })
    const [photo] = await patterns.add({ album: 'a', photo: '1', ...input })
    expect(photo, 'an aggregate counter').to.deep.equal({ album: 'a', photo: '1', ...written })
    const [document] = await patterns.saveDocument({ id: '1', ...input, base: 0 })
    expect(document, 'a version history').to.deep.include(written)
    const created = await patterns.createRecord({ id: '1', ...input })
    expect(created[0], 'vertical partitioning').to.deep.equal({ id: '1', ...written })
  })

  it('lets each judge', async () => {
    const wrong = [
      { judged: 'today' },
      { dates: [] },
      { inside: { at: day, text: 'today' } },
      { given: 'today' },
      { lists: { a: 5 } },
      { either: 'today' },
    ]
    for (const [at, change] of wrong.entries()) {
      const add = () => patterns.add({ album: 'a', photo: `w${at}`, ...input, ...change } as never)
      const error = await Promise.resolve()
        .then(add)
        .catch((refused: unknown) => refused)
      expect(error, JSON.stringify(change)).to.be.instanceOf(ValidationError)
    }
    expect(await entities.Album.get({ album: 'a' })).to.deep.include({ photos: 1 })
  })

  it('keeps the types, bounds and own checks of attributes whose schemas only judge', () => {
    const entity: AnyEntity = defineEntity('E', {
      attributes: {
        id: string(),
        n: number({ min: 5 })
          .check(z.number())
          .check((n) => n !== 7 || 'is unlucky'),
      },
      key: { pk: 'E#{id}', sk: 'E' },
    })
    const { n } = attributeDefinitions(createInput(entity))
    expect(n).to.include({ type: 'number', min: 5 }).with.property('checks').that.has.length(1)
  })

  it('tells what a schema may make another value of', () => {
    const told = Object.entries(attributes).flatMap(([name, attribute]) =>
      'definition' in attribute && isTransformed(attribute.definition) ? [name] : [],
    )
    expect(told).to.deep.equal(['inside', 'lists', 'either'])
  })
})
