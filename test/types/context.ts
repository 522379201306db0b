// Types of what comes from the connection, checked by the compiler alone: it is in items, in no input, and demanded by connect.
import {
  type Connected,
  type ContextOf,
  type CreateInput,
  changes,
  connect,
  defineEntity,
  defineModel,
  defineTable,
  fromContext,
  get,
  type Item,
  itemCollection,
  type Key,
  leadingKeys,
  many,
  number,
  type PatternInput,
  query,
  type RangeCondition,
  string,
  transaction,
  type UpdateInput,
  type UpsertInput,
  ulid,
} from '../../lib/index.ts'
import { type Equal, holds } from './equal.ts'

const table = defineTable({
  name: 'shared',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  tenant: 'tenantId',
})
const Note = defineEntity('Note', {
  attributes: {
    tenantId: fromContext().describe('Whose it is').example('t1'),
    noteId: ulid(),
    author: string(),
    stars: number(),
  },
  key: { pk: 'T#{tenantId}#A#{author}', sk: 'NOTE#{noteId}' },
  indexes: { GSI1: { pk: 'T#{tenantId}', sk: '{tenantId}#{stars}' } },
})
const Author = defineEntity('Author', {
  attributes: { tenantId: fromContext(), author: string() },
  key: { pk: 'T#{tenantId}#A#{author}', sk: 'AUTHOR' },
})
const Plain = defineEntity('Plain', { attributes: { id: string() }, key: { pk: '{id}', sk: 'A' } })

holds<Equal<Item<typeof Author>, { tenantId: string; author: string }>>()
holds<Equal<CreateInput<typeof Author>, { author: string }>>()
holds<Equal<Key<typeof Note>, { readonly author: string; readonly noteId: string }>>()
holds<Equal<UpdateInput<typeof Author>, { readonly tenantId?: never; readonly author?: never }>>()
holds<Equal<keyof UpsertInput<typeof Note>, 'stars'>>()

const single = get(Note)
const byAuthor = query(Note)
const byStars = query(Note).index('GSI1')
const together = itemCollection({ notes: many(Note), authors: many(Author) })
holds<Equal<PatternInput<typeof single>, { readonly author: string; readonly noteId: string }>>()
holds<Equal<PatternInput<typeof byAuthor>, { readonly author: string; readonly noteId?: string | RangeCondition<string> }>>()
holds<Equal<PatternInput<typeof byStars>, { readonly stars?: number | RangeCondition<number> }>>()
holds<Equal<PatternInput<typeof together>, { readonly author: string }>>()

const write = transaction({ Note }, { author: string() }, ({ author }, { Note }) => [Note.create({ author, stars: 1 })])
const model = defineModel({ table, entities: { Note, Author }, accessPatterns: { single, byAuthor, byStars, together, write } })
const plain = defineModel({ table: { ...table }, entities: { Plain } })
holds<Equal<ContextOf<typeof model.entities>, { readonly tenantId: string }>>()

declare const client: Parameters<typeof connect>[1]['client']
const shop = connect(model, { client, context: { tenantId: 't1' } })
export const untouched = connect(plain, { client })

export async function accepted(): Promise<Connected<typeof model.entities, typeof model.accessPatterns>> {
  const other = shop.with({ tenantId: 't2' })
  const note = await other.entities.Note.create({ author: 'a', stars: 1 })
  holds<Equal<typeof note, Item<typeof Note>>>()
  await other.entities.Note.update({ author: 'a', noteId: note.noteId }, { stars: 2 }, { known: note })
  await other.patterns.byStars({})
  for (const change of changes(model, [])) {
    holds<Equal<typeof change.context, { readonly tenantId: string }>>()
    if (change.entity === 'Author') await shop.with(change.context).entities.Author.get(change.key)
  }
  for (const change of changes(plain, [])) holds<Equal<typeof change.context, undefined>>()
  leadingKeys(model, { tenantId: 't1' })
  return other
}

export function refused() {
  // @ts-expect-error the context is missing
  connect(model, { client })
  // @ts-expect-error an attribute of the context is missing
  connect(model, { client, context: {} })
  // @ts-expect-error no text
  connect(model, { client, context: { tenantId: 7 } })
  // @ts-expect-error an attribute that no entity takes
  connect(model, { client, context: { tenantId: 't1', tenant: 't1' } })
  // @ts-expect-error a model that takes none
  connect(plain, { client, context: { tenantId: 't1' } })
  // @ts-expect-error another attribute
  shop.with({ tenant: 't1' })
  // @ts-expect-error there is no other context
  untouched.with({ tenantId: 't1' })
  // @ts-expect-error it comes from the connection
  shop.entities.Author.create({ tenantId: 't1', author: 'a' })
  // @ts-expect-error it comes from the connection
  shop.entities.Author.put({ tenantId: 't1', author: 'a' })
  // @ts-expect-error it comes from the connection
  shop.entities.Author.get({ tenantId: 't1', author: 'a' })
  // @ts-expect-error it comes from the connection
  shop.entities.Note.update({ tenantId: 't1', author: 'a', noteId: 'n' }, { stars: 1 })
  // @ts-expect-error it comes from the connection
  shop.entities.Note.update({ author: 'a', noteId: 'n' }, { tenantId: 't1' })
  // @ts-expect-error it comes from the connection
  shop.entities.Note.update({ author: 'a', noteId: 'n' }, { tenantId: 't1', stars: 1 }, { upsert: true })
  // @ts-expect-error it comes from the connection
  shop.entities.Author.move({ author: 'a' }, { tenantId: 't2', author: 'a' })
  // @ts-expect-error it comes from the connection
  shop.patterns.byAuthor({ tenantId: 't1', author: 'a' })
  // @ts-expect-error it comes from the connection
  shop.patterns.byStars({ tenantId: 't1' })
  // @ts-expect-error it comes from the connection
  shop.patterns.together({ tenantId: 't1', author: 'a' })
  // @ts-expect-error it is in no input of a transaction
  shop.patterns.write({ tenantId: 't1', author: 'a' })
  // @ts-expect-error it has no default that fits
  fromContext().default(1)
}
