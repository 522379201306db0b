// The data of an engine as one file, written whole or not at all. v8's format keeps what the parts of it share: the rows of indexes and the
// images in streams are the items themselves.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { crc32 } from './crc32.ts'
import { SortedRows } from './sorted-rows.ts'
import type { EngineState } from './state.ts'
import type { StoredTable } from './store.ts'

const format = 'singlet local 1'

/** Everything that an engine keeps. The data of a new one is empty. */
export type EngineData = Pick<EngineState, 'store' | 'streams' | 'tokens'>

type Rows<Value> = readonly (readonly [key: string, value: Value])[]

/** Data without classes, which v8 would not restore. */
interface Content {
  readonly tables: readonly (Omit<StoredTable, 'items' | 'indexes' | 'tags'> & {
    readonly items: Rows<StoredTable['items'] extends SortedRows<infer Item> ? Item : never>
    readonly indexes: readonly (readonly [id: string, rows: Content['tables'][number]['items']])[]
    readonly tags: Rows<string>
  })[]
  readonly streams: EngineData['streams']
  readonly tokens: EngineData['tokens']
}

/** Writes a snapshot in place of the one that is there. Returns its size in bytes. `generation` tells which journal follows it. */
export function writeSnapshot(file: string, generation: number, { store, streams, tokens }: EngineData): number {
  const content: Content = {
    tables: [...store.values()].map((table) => ({
      ...table,
      items: entriesOf(table.items),
      indexes: [...table.indexes].map(([id, rows]) => [id, entriesOf(rows)] as const),
      tags: entriesOf(table.tags),
    })),
    streams,
    tokens,
  }
  const body = serialize(content)
  const header = Buffer.from(`${format} ${generation} ${crc32(body)}\n`)
  const temporary = `${file}.new`
  try {
    writeDurably(temporary, [header, body])
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  syncFolder(dirname(file))
  return header.length + body.length
}

/** Reads a snapshot into empty data. Returns its generation and size; 0 and 0 when there is none yet. */
export function readSnapshot(file: string, { store, streams, tokens }: EngineData): { generation: number; bytes: number } {
  if (!existsSync(file)) return { generation: 0, bytes: 0 }
  const bytes = readFileSync(file)
  const end = bytes.indexOf('\n')
  const [, found, generation, checksum] = /^(.*) (\d+) (\d+)$/.exec(bytes.toString('latin1', 0, Math.max(end, 0))) ?? []
  if (found !== format) throw new Error(`${file} is not a snapshot of this version of the engine (${format}).`)
  const body = bytes.subarray(end + 1)
  if (String(crc32(body)) !== checksum) throw new Error(`${file} is damaged. Restore it from a copy.`)
  const content = deserialize(body) as Content
  for (const table of content.tables) {
    const indexes = new Map(table.indexes.map(([id, rows]) => [id, rowsOf(rows)]))
    store.set(table.description.TableName, { ...table, items: rowsOf(table.items), indexes, tags: rowsOf(table.tags) })
  }
  for (const [arn, stream] of content.streams) streams.set(arn, stream)
  for (const [token, answered] of content.tokens) tokens.set(token, answered)
  return { generation: Number(generation), bytes: bytes.length }
}

function entriesOf<Value>(rows: SortedRows<Value>): Rows<Value> {
  return [...rows.keys()].map((key) => [key, rows.get(key) as Value] as const)
}

function rowsOf<Value>(entries: Rows<Value>): SortedRows<Value> {
  const rows = new SortedRows<Value>()
  for (const [key, value] of entries) rows.set(key, value)
  return rows
}

function writeDurably(file: string, parts: readonly Buffer[]): void {
  const descriptor = openSync(file, 'w')
  try {
    for (const part of parts) {
      for (let written = 0; written < part.length; ) written += writeSync(descriptor, part, written)
    }
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes a renaming last. Windows has no such thing. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
