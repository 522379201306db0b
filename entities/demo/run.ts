// The demo: creates a model's table, fills it, answers every access pattern, and fails when one of them answers nothing.
import { inspect } from 'node:util'
import { connect } from '../../lib/index.ts'
import { answer } from './answer.ts'
import { openDatabase } from './database.ts'
import { load } from './load.ts'
import { demoOptions, usage } from './options.ts'
import { type Demonstration, demonstrations } from './registry.ts'
import { count, createScreen, type Screen } from './screen.ts'

async function main(): Promise<number> {
  const screen = createScreen(process.stdout)
  const options = demoOptions(process.argv.slice(2), process.env)
  const demonstration = Object.hasOwn(demonstrations, options.model) ? demonstrations[options.model] : undefined
  if (options.help || demonstration === undefined) {
    if (!options.help) screen.failure(`There is no model ${options.model}, only ${Object.keys(demonstrations).join(', ')}.`)
    screen.line(usage)
    return options.help ? 0 : 1
  }
  return demonstrate(demonstration(), options.endpoint, screen)
}

async function demonstrate(demonstration: Demonstration, endpoint: string | undefined, screen: Screen): Promise<number> {
  const { model, now, rows, inputs } = demonstration
  const start = performance.now()
  const database = await openDatabase(model, endpoint)
  try {
    const { client, tableName, place } = database
    screen.line(`Table ${tableName} on ${place}`)
    const shop = connect(model, { client, tableName, now: () => new Date(now.getTime()) })
    const total = Object.values(rows).reduce((sum, { length }) => sum + length, 0)
    const created = await load(shop.entities, rows, (done) => {
      if (done % 50 === 0) screen.progress(`Loading ${done} of ${count(total, 'item')}`)
    })
    const loaded = performance.now()
    screen.line(`${count(created, 'item')} created in ${seconds(loaded - start)}`)

    const patterns = Object.entries(shop.patterns)
    const failed: string[] = []
    for (const [position, [name, ask]] of patterns.entries()) {
      const plan = ask.explain()
      if (plan.kind === 'transaction') continue
      const input = inputs[name] ?? {}
      const given = await answer(ask, plan.kind, input)
      screen.pattern(position + 1, plan, input, given)
      if (given.itemCount === 0) failed.push(name)
    }

    screen.line()
    const summary = `${patterns.length - failed.length} of ${count(patterns.length, 'access pattern')} answered, over ${count(created, 'item')}, in ${seconds(performance.now() - start)}`
    if (failed.length === 0) screen.success(summary)
    else screen.failure(`${summary}. Without an answer: ${failed.join(', ')}`)
    return failed.length === 0 ? 0 : 1
  } finally {
    await database.close()
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${inspect(error)}\n`)
  process.exitCode = 1
}
