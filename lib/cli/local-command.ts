// `singlet local`: the embedded engine as a server, for applications and tools that are not tests.
import { Command, InvalidArgumentError } from 'commander'
import type { LocalEngine } from '../local/index.ts'

const sweepMilliseconds = 60_000

interface LocalCommandOptions {
  readonly port: number
  readonly path?: string
}

/** Makes the command. It runs until SIGINT or SIGTERM. */
export function localCommand(): Command {
  return new Command('local')
    .description('Run DynamoDB on this machine, embedded in Node.js. Needs dynalite.')
    .option('-p, --port <number>', 'the port to listen on; 0 for any that is free', parsePort, 8000)
    .option('--path <folder>', 'a folder to keep the data in; without it, data is in memory and gone in the end')
    .addHelpText('after', '\nThere is no sign-in: any region and any credentials will do. Only this machine can connect.')
    .action(async (options: LocalCommandOptions, command: Command) => {
      const engine = await start(options).catch((error: unknown) => command.error(`error: ${explain(error, options)}`))
      process.stdout.write(`${welcome(engine, options)}\n`)
      await untilStopped(engine)
    })
}

async function start({ port, path }: LocalCommandOptions): Promise<LocalEngine> {
  const { startLocal } = await import('../local/index.ts') // loading it takes longer than all else that the command does
  return startLocal({ port, requestLimit: 0, ...(path !== undefined && { path }) })
}

function welcome({ endpoint }: LocalEngine, { path }: LocalCommandOptions): string {
  const where = path === undefined ? 'in memory' : `in ${path}`
  return `DynamoDB at ${endpoint}, data ${where}. Set AWS_ENDPOINT_URL_DYNAMODB=${endpoint}, or \`endpoint\` of a client. Ctrl+C stops it.`
}

/** Serves until a signal comes. A second one finds no handler and ends the process at once. */
async function untilStopped(engine: LocalEngine): Promise<void> {
  const sweeping = setInterval(() => engine.expire().catch(process.emitWarning), sweepMilliseconds)
  await new Promise<void>((resolve) => {
    const stop = () => {
      process.off('SIGINT', stop).off('SIGTERM', stop)
      resolve()
    }
    process.on('SIGINT', stop).on('SIGTERM', stop)
  })
  clearInterval(sweeping)
  await engine.close()
}

function explain(error: unknown, { port }: LocalCommandOptions): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return `port ${port} is taken. Choose another with --port.`
  if (code === 'EACCES') return `${error.message}. Ports below 1024 may need more rights; so may the folder.`
  return error.message
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a number from 0 to 65535.')
}
