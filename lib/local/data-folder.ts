// An engine's data in a folder: a snapshot, and a journal of the changes since. Every change is in the journal before it is made, so it
// survives the end of the process, whichever way that comes. The disk itself is waited for when the engine closes and when a snapshot is
// written; a machine that loses power may lose the last moments, never a part of a change.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseBody } from './answer.ts'
import { takeLock } from './folder-lock.ts'
import { JournalFile, readJournal } from './journal.ts'
import { perform } from './perform.ts'
import type { DataFolder, Service } from './service.ts'
import { readSnapshot, writeSnapshot } from './snapshot.ts'
import { sweepExpired } from './time-to-live.ts'

/** The name of the sweep of expired items in a journal. */
const sweep = 'expire'

/** A journal is replaced by a snapshot when it has outgrown this, and the last snapshot. */
const journalBytes = 16 * 1024 * 1024

/**
 * Opens a folder, or makes it, and restores what it holds into a service whose data is empty. Leaves the service's clock at the time of
 * the last change. Throws when another process uses the folder, or when it is damaged.
 */
export function openDataFolder(folder: string, service: Service): DataFolder {
  mkdirSync(folder, { recursive: true })
  const unlock = takeLock(join(folder, 'lock'))
  try {
    const snapshot = readSnapshot(join(folder, 'snapshot'), service.state)
    const file = journalFile(folder, snapshot.generation)
    const bytes = existsSync(file) ? repeatJournal(file, service) : 0
    return new OpenFolder(folder, service, unlock, snapshot, new JournalFile(file, bytes))
  } catch (error) {
    unlock()
    throw error
  }
}

const journalFile = (folder: string, generation: number) => join(folder, `journal-${generation}`)

/** Does again what a journal says. Returns how many bytes of it count. */
function repeatJournal(file: string, service: Service): number {
  const { entries, bytes } = readJournal(file)
  entries.forEach(({ at, operation, body }, position) => {
    service.state.clock.set(at)
    if (operation === sweep) sweepExpired(service.state)
    else {
      const { error } = perform(service, { operation, body, params: parseBody(body) })
      // The process may have ended between writing an entry and finding that it is to be refused; only the last can be such.
      if (error !== undefined && position < entries.length - 1) {
        throw new Error(`${file}: ${operation}, entry ${position + 1}, was done once but cannot be repeated.`, { cause: error })
      }
    }
  })
  return bytes
}

class OpenFolder implements DataFolder {
  readonly #folder: string
  readonly #service: Service
  readonly #unlock: () => void
  #generation: number
  #snapshotBytes: number
  #journal: JournalFile

  constructor(
    folder: string,
    service: Service,
    unlock: () => void,
    snapshot: { readonly generation: number; readonly bytes: number },
    journal: JournalFile,
  ) {
    this.#folder = folder
    this.#service = service
    this.#unlock = unlock
    this.#generation = snapshot.generation
    this.#snapshotBytes = snapshot.bytes
    this.#journal = journal
    this.#removeOldJournals()
  }

  keep<Result>(operation: string, body: string, at: number, change: () => Result): Result {
    this.#journal.append({ at, operation, body })
    let result: Result
    try {
      result = change()
    } catch (error) {
      this.#journal.retract()
      throw error
    }
    if (this.#journal.bytes > Math.max(journalBytes, this.#snapshotBytes)) this.#replaceJournal()
    return result
  }

  close(): void {
    try {
      if (this.#journal.bytes > 0) this.#replaceJournal()
    } finally {
      this.#journal.close()
      this.#unlock()
    }
  }

  /** The change is kept in any case, so a snapshot that cannot be written is a warning: the journal goes on. */
  #replaceJournal(): void {
    const generation = this.#generation + 1
    try {
      this.#snapshotBytes = writeSnapshot(join(this.#folder, 'snapshot'), generation, this.#service.state)
    } catch (error) {
      this.#snapshotBytes = this.#journal.bytes * 2
      process.emitWarning(`No snapshot could be written to ${this.#folder}: ${error instanceof Error ? error.message : error}`)
      return
    }
    const old = this.#journal
    this.#generation = generation
    this.#journal = new JournalFile(journalFile(this.#folder, generation), 0)
    old.close()
    this.#removeOldJournals()
  }

  /** Journals that a snapshot contains already. */
  #removeOldJournals(): void {
    for (const name of readdirSync(this.#folder)) {
      if (/^journal-\d+$/.test(name) && name !== `journal-${this.#generation}`) rmSync(join(this.#folder, name))
    }
  }
}
