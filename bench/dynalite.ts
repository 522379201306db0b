// dynalite as it is, without the times that it lets tables take to be made.
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

type Dynalite = (options: object) => {
  listen(port: number, host: string, done: () => void): void
  close(): void
  address(): unknown
}

export async function startDynalite(): Promise<{ endpoint: string; close(): void }> {
  const server = (createRequire(import.meta.url)('dynalite') as Dynalite)({ createTableMs: 0, deleteTableMs: 0 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}
