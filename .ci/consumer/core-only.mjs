// The core works without the engine, and importing it loads neither the engine nor anything of a command line.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

// None of them is installed here, so loading one would fail.
const require = createRequire(import.meta.url)
for (const name of ['dynalite', 'level', 'commander', 'cli-table3', '@faker-js/faker']) {
  assert.throws(() => require.resolve(name), `${name} is installed`)
}

const { defineTable, defineEntity, defineModel, query, string, ulid } = await import('singlet')
const table = defineTable({ name: 'notes', partitionKey: 'PK', sortKey: 'SK' })
const Note = defineEntity('Note', {
  attributes: { author: string(), noteId: ulid(), text: string() },
  key: { pk: 'AUTHOR#{author}', sk: 'NOTE#{noteId}' },
})
defineModel({ table, entities: { Note }, accessPatterns: { notesOf: query(Note) } })
await assert.rejects(
  import('singlet/local').then(({ startLocal }) => startLocal()),
  /npm install --save-dev dynalite@4\.0\.0/,
)
console.log('the core loads nothing of the engine')
