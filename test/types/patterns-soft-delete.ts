// Types of soft deletion, checked by the compiler alone: the entity is the one declared, with what deletion adds.
import { connect, defineModel, defineTable, type Item, query, string, ulid } from '../../lib/index.ts'
import { adoptItems, softDelete } from '../../patterns/index.ts'
import { type Equal, holds } from './equal.ts'

const table = defineTable({
  name: 'notes',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  timeToLive: 'expiresAt',
})
const notes = softDelete({
  name: 'Note',
  attributes: { owner: string(), noteId: ulid(), title: string() },
  key: { pk: 'OWNER#{owner}', sk: 'NOTE#{noteId}' },
  indexes: { GSI1: { pk: 'NOTES#{owner}', sk: '{noteId}' } },
  purgeAfterDays: 30,
})
const { Note } = notes.entities
holds<Equal<keyof typeof notes.accessPatterns, 'deleteNote' | 'restoreNote' | 'purgeNote' | 'adoptNote'>>()
holds<Equal<Item<typeof Note>, { owner: string; noteId: string; title: string; deletedAt?: Date; purgeAt?: Date }>>()

declare const client: Parameters<typeof connect>[1]['client']
const model = defineModel({
  table,
  entities: { Note },
  accessPatterns: { ...notes.accessPatterns, notes: query(Note).index('GSI1') },
})
const connected = connect(model, { client })
const { patterns, entities } = connected

export async function accepted() {
  const note = await entities.Note.create({ owner: 'a', title: 'T' })
  await patterns.deleteNote({ owner: note.owner, noteId: note.noteId })
  const { items } = await patterns.notes({ owner: 'a' })
  holds<Equal<(typeof items)[number], Item<typeof Note>>>()
  const adopted: number = await adoptItems(notes, connected, patterns.notes({ owner: 'a' }))
  return adopted
}

export function refused() {
  // @ts-expect-error the key is not whole
  patterns.deleteNote({ owner: 'a' })
  // @ts-expect-error no such index
  query(Note).index('GSI2')
  const parts = { name: 'Note', attributes: { owner: string() }, key: { pk: 'OWNER#{owner}', sk: 'X' } } as const
  // @ts-expect-error a misspelt placeholder
  softDelete({ ...parts, key: { pk: 'OWNER#{ownre}', sk: 'X' } })
  // @ts-expect-error neither keep nor release
  softDelete({ ...parts, uniqueValues: 'forget' })
}
