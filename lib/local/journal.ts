// An append-only file of the requests that change an engine's data. Requests are done one at a time and depend on nothing but the data and
// the clock, so doing them again in the same order gives the same data. Each line carries a checksum.
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { crc32 } from './crc32.ts'

/** A change as it is written down: the engine's time in milliseconds, an operation and the body of its request. */
export interface JournalEntry {
  readonly at: number
  readonly operation: string
  readonly body: string
}

/** The entries of a journal, and how many bytes they take. What follows them in the file was being written when the process ended. */
export interface JournalContent {
  readonly entries: readonly JournalEntry[]
  readonly bytes: number
}

const newline = 0x0a
const checksumBytes = 9

/** Reads a journal. A torn tail is left out; damage before the last entry is an error, since what follows would be lost. */
export function readJournal(file: string): JournalContent {
  const content = readFileSync(file)
  const entries: JournalEntry[] = []
  let bytes = 0
  let damaged = false
  for (let start = 0, end = 0; start < content.length; start = end + 1) {
    end = content.indexOf(newline, start)
    const entry = end < 0 ? undefined : parseLine(content.subarray(start, end))
    if (entry === undefined) damaged = true
    else if (damaged) throw new Error(`${file} is damaged after ${bytes} bytes, and goes on after that. Restore it from a copy.`)
    else {
      entries.push(entry)
      bytes = end + 1
    }
    if (end < 0) break
  }
  return { entries, bytes }
}

function parseLine(line: Buffer): JournalEntry | undefined {
  const rest = line.subarray(checksumBytes)
  if (line.toString('latin1', 0, checksumBytes) !== checksum(rest)) return undefined
  const [, at = '', operation = '', body = ''] = /^(\S+) (\w+) (.*)$/s.exec(rest.toString('utf8')) ?? []
  return { at: Number(at), operation, body }
}

function formatLine({ at, operation, body }: JournalEntry): Buffer {
  // A line break in JSON is white space: within a string it would be escaped.
  const rest = Buffer.from(`${at} ${operation} ${body.replace(/[\r\n]/g, ' ')}\n`)
  return Buffer.concat([Buffer.from(checksum(rest.subarray(0, -1))), rest])
}

const checksum = (bytes: Uint8Array) => `${crc32(bytes).toString(16).padStart(8, '0')} `

/** A journal being written. An entry is with the operating system when `append` returns, so the process may end in any way. */
export class JournalFile {
  readonly #descriptor: number
  #bytes: number
  #before: number

  /** Goes on after `bytes` of a file, and cuts off what is behind them. Makes the file when it is not there. */
  constructor(file: string, bytes: number) {
    this.#descriptor = openSync(file, bytes === 0 ? 'w' : 'r+')
    this.#bytes = bytes
    this.#before = bytes
    ftruncateSync(this.#descriptor, bytes)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Adds an entry, or throws and leaves the file as it was. */
  append(entry: JournalEntry): void {
    const line = formatLine(entry)
    try {
      for (let written = 0; written < line.length; ) {
        written += writeSync(this.#descriptor, line, written, line.length - written, this.#bytes + written)
      }
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#bytes)
      throw error
    }
    this.#before = this.#bytes
    this.#bytes += line.length
  }

  /** Takes back the entry added last. */
  retract(): void {
    ftruncateSync(this.#descriptor, this.#before)
    this.#bytes = this.#before
  }

  /** Waits until the disk has it. */
  close(): void {
    fsyncSync(this.#descriptor)
    closeSync(this.#descriptor)
  }
}
