// Keeps two engines from writing to one folder: a file that names the process that has it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

interface Holder {
  readonly pid: number
  /** When the process started: in a container every process may have the same id. */
  readonly startedAt: number
}

/** Takes a lock, and returns what gives it back. Throws when a running process has it; the lock of a dead one is taken over. */
export function takeLock(file: string): () => void {
  const self: Holder = { pid: process.pid, startedAt: performance.timeOrigin }
  const take = () => writeFileSync(file, JSON.stringify(self), { flag: 'wx' })
  try {
    take()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const holder = readHolder(file)
    if (holder !== undefined && isRunning(holder, self)) {
      throw new Error(`Process ${holder.pid} uses this folder already. If it does not, delete ${file}.`)
    }
    rmSync(file, { force: true })
    take()
  }
  return () => rmSync(file, { force: true })
}

/** Who has the lock; nobody when the process ended before it had written its name. */
function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

function isRunning(holder: Holder, self: Holder): boolean {
  if (holder.pid === self.pid) return holder.startedAt === self.startedAt
  try {
    process.kill(holder.pid, 0) // signal 0 only asks
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
