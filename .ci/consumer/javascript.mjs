// A consumer that writes JavaScript.
import assert from 'node:assert/strict'
import { connect, createTable, defineEntity, defineModel, defineTable, query, string, ulid } from 'singlet'
import { startLocal } from 'singlet/local'
import { acquireLease, lease } from 'singlet/patterns'

const table = defineTable({ name: 'notes', partitionKey: 'PK', sortKey: 'SK' })
const Note = defineEntity('Note', {
  attributes: { author: string(), noteId: ulid(), text: string() },
  key: { pk: 'AUTHOR#{author}', sk: 'NOTE#{noteId}' },
})
const model = defineModel({
  table,
  entities: { Note, ...lease().entities },
  accessPatterns: { notesOf: query(Note).descending() },
})

const engine = await startLocal()
const client = engine.client()
await createTable(model, client)
const { entities, patterns } = connect(model, { client })
const note = await entities.Note.create({ author: 'ada', text: 'first' })
const page = await patterns.notesOf({ author: 'ada' })
assert.deepEqual(page.items, [note])
const held = await acquireLease(entities.Lease, { lease: 'nightly', owner: 'ada', milliseconds: 1000 })
assert.equal(held?.token, 1)
await engine.close()
console.log('works from JavaScript')
