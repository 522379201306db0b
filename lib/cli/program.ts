// The verbs of the `singlet` command. Each is a file of its own that makes one command.
import { createRequire } from 'node:module'
import { Command } from 'commander'
import { localCommand } from './local-command.ts'

/** Makes the command with all its verbs. */
export function createProgram(): Command {
  const { version, description } = createRequire(import.meta.url)('singlet/package.json') as Record<
    'version' | 'description',
    string
  >
  return new Command('singlet').description(description).version(version).addCommand(localCommand())
}
