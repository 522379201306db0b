// The command line of the demo.
import { parseArgs } from 'node:util'

export const usage = `Usage: npm run demo -- [model] [--endpoint URL]

Creates the model's table, fills it with a data set, answers every access pattern, and does its transactions, also those that
must be refused.

  model            which model to show: ecommerce (default) or social
  --endpoint URL   a running DynamoDB, such as http://localhost:8000; also in DYNAMODB_ENDPOINT.
                   By default an engine is started inside this process.
  --help           this text`

export interface DemoOptions {
  readonly model: string
  readonly endpoint: string | undefined
  readonly help: boolean
}

/** @throws TypeError for options that do not exist */
export function demoOptions(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): DemoOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { endpoint: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  })
  const [model = 'ecommerce', ...others] = positionals
  if (others.length > 0) throw new TypeError(`One model at a time: ${model} or ${others.join(' or ')}?`)
  return { model, endpoint: values.endpoint ?? (environment.DYNAMODB_ENDPOINT || undefined), help: values.help }
}
