// Measures engines in turn, in short rounds, so that what else the machine does falls on all of them alike.

export interface Contestant {
  readonly name: string
  /** One call; `at` counts them. */
  readonly run: (at: number) => Promise<unknown>
  /** The CPU microseconds that the process of the engine has used so far, when that can be known. */
  readonly cpu?: () => number | Promise<number>
}

/**
 * Calls per second with so many under way, and CPU microseconds per call. Ratios are to the first contestant in the same round, above 1
 * when better: the median over rounds, and in brackets between what the middle half of them lie.
 */
export async function throughput(
  title: string,
  contestants: readonly Contestant[],
  { calls = 1000, underWay = 8, rounds = 25 } = {},
): Promise<void> {
  const samples = await inTurn(contestants, rounds, async ({ run, cpu }, round) => {
    let next = 0
    const worker = async () => {
      for (let at = next++; at < calls; at = next++) await run(round * calls + at)
    }
    const used = await cpu?.()
    const begin = performance.now()
    await Promise.all(Array.from({ length: underWay }, worker))
    const seconds = (performance.now() - begin) / 1000
    return [calls / seconds, used === undefined ? Number.NaN : (((await cpu?.()) ?? 0) - used) / calls]
  })
  console.log(`\n${title} (${rounds} rounds of ${calls} calls, ${underWay} at once)`)
  const [[baseRates = [], baseCpus = []] = []] = samples
  for (const [index, { name }] of contestants.entries()) {
    const [rates = [], cpus = []] = samples[index] ?? []
    const rate = `${ratios(rates, baseRates)} ${amount(median(rates))} per second`
    const cpu = `${ratios(baseCpus, cpus)} ${amount(median(cpus))} µs CPU`
    console.log(`  ${name.padEnd(20)} ${rate} ${Number.isNaN(median(cpus)) ? '' : cpu}`)
  }
}

/** Milliseconds of one call, the median over rounds, with modules loaded; and its ratio to the first contestant's, below 1 when better. */
export async function start(title: string, contestants: readonly Contestant[], rounds = 25): Promise<void> {
  const samples = await inTurn(contestants, rounds, async ({ run }, round) => {
    const begin = performance.now()
    await run(round)
    return [performance.now() - begin]
  })
  console.log(`\n${title} (${rounds} rounds)`)
  const [[base = []] = []] = samples
  for (const [index, { name }] of contestants.entries()) {
    const [times = []] = samples[index] ?? []
    console.log(`  ${name.padEnd(20)} ${ratios(times, base)} ${amount(median(times))} ms`)
  }
}

/** The samples of each contestant, by measure, without three rounds that warm up. Every other round goes the other way round. */
async function inTurn(
  contestants: readonly Contestant[],
  rounds: number,
  measure: (contestant: Contestant, round: number) => Promise<readonly number[]>,
): Promise<number[][][]> {
  const samples = contestants.map((): number[][] => [])
  for (let round = -3; round < rounds; round++) {
    const order = [...contestants.entries()]
    for (const [index, contestant] of round % 2 === 0 ? order : order.reverse()) {
      const measured = await measure(contestant, round + 3)
      if (round < 0) continue
      for (const [at, value] of measured.entries()) {
        samples[index] ??= []
        samples[index][at] = [...(samples[index][at] ?? []), value]
      }
    }
  }
  return samples
}

const amount = (value: number) => value.toFixed(1).padStart(8)

/** The ratios of two samples, round by round: median and quartiles. */
function ratios(values: readonly number[], bases: readonly number[]): string {
  const each = values.map((value, round) => value / (bases[round] ?? Number.NaN))
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(each, part).toFixed(2))
  return `${middle} [${low}–${high}]`
}

const median = (values: readonly number[]) => quantile(values, 0.5)

function quantile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.round((values.length - 1) * part)] ?? Number.NaN
}
