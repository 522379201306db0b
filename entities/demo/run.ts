// The demo: creates a model's table, fills it, answers every access pattern, then writes. It fails when a pattern answers nothing, or when
// a step is not done, or refused, as it must be.
import { inspect } from 'node:util'
import { connect } from '../../lib/index.ts'
import { answer } from './answer.ts'
import { openDatabase } from './database.ts'
import { load } from './load.ts'
import { openWrites } from './open-writes.ts'
import { demoOptions, usage } from './options.ts'
import { type Demonstration, demonstrations } from './registry.ts'
import { count, createScreen, type Screen } from './screen.ts'
import { perform, type Step } from './step.ts'
import { readTable } from './table-state.ts'

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
  const { model, now, rows, inputs, steps } = demonstration
  const start = performance.now()
  const database = await openDatabase(model, endpoint)
  try {
    const { client, tableName, place } = database
    screen.line(`Table ${tableName} on ${place}`)
    const options = { client, tableName, now: () => new Date(now.getTime()) }
    const connected = connect(model, options)
    const total = Object.values(rows).reduce((sum, { length }) => sum + length, 0)
    const created = await load(openWrites(model, options), rows, (done) => {
      if (done % 50 === 0) screen.progress(`Loading ${done} of ${count(total, 'item')}`)
    })
    const loaded = performance.now()
    screen.line(`${count(created, 'item')} created in ${seconds(loaded - start)}`)

    const unanswered: string[] = []
    let reads = 0
    const transactions = new Set<string>()
    for (const [name, ask] of Object.entries(connected.patterns)) {
      const plan = ask.explain()
      if (plan.kind === 'transaction') {
        transactions.add(name)
        continue
      }
      const input = inputs[name] ?? {}
      const given = await answer(ask, plan.kind, input)
      reads++
      screen.pattern(reads, plan, input, given)
      if (given.itemCount === 0) unanswered.push(name)
    }

    const failed: string[] = []
    const undone = new Set(transactions)
    let state = await readTable(client, model.table, tableName)
    for (const step of steps) {
      const name = patternOf(step)
      // Told once, when it is done first.
      const plan = name !== undefined && transactions.delete(name) ? connected.patterns[name]?.explain() : undefined
      if (plan?.kind === 'transaction') screen.transaction(plan)
      const { outcome, after } = await perform({ model: connected, table: model.table, client, tableName }, step, state)
      state = after
      screen.step(step, outcome)
      if (outcome.wrong.length > 0) failed.push(`${step.title}: ${outcome.wrong.join('; ')}`)
      else if (name !== undefined && step.refused === undefined) undone.delete(name)
    }

    screen.line()
    const problems = [
      ...unanswered.map((name) => `${name} has no answer`),
      ...failed,
      ...[...undone].map((name) => `${name} was not done in any step`),
    ]
    const summary = `${reads - unanswered.length} of ${count(reads, 'access pattern')} answered over ${count(created, 'item')}, ${steps.length - failed.length} of ${count(steps.length, 'step')} as they must be, in ${seconds(performance.now() - start)}`
    if (problems.length === 0) screen.success(summary)
    else screen.failure([`${summary}.`, ...problems].join('\n'))
    return problems.length === 0 ? 0 : 1
  } finally {
    await database.close()
  }
}

function patternOf({ write }: Step): string | undefined {
  return 'pattern' in write ? write.pattern : undefined
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
