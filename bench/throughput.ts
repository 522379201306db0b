// Measures engines in turn, round after round, by the clock on the wall: some of them are other processes.

export interface Contestant {
  readonly name: string
  /** One call; `at` counts them. */
  readonly run: (at: number) => Promise<unknown>
}

/**
 * Calls per second with so many under way, and CPU microseconds per call; medians over rounds, and their ratios to the first contestant's,
 * above 1 when better. The CPU is that of this process, so it includes the engine where that is in it, and the client always.
 */
export async function throughput(
  title: string,
  contestants: readonly Contestant[],
  calls = 400,
  underWay = 8,
  rounds = 9,
): Promise<void> {
  const samples = await inTurn(contestants, rounds, async ({ run }, round) => {
    let next = 0
    const worker = async () => {
      for (let at = next++; at < calls; at = next++) await run(round * calls + at)
    }
    const cpu = process.cpuUsage()
    const begin = performance.now()
    await Promise.all(Array.from({ length: underWay }, worker))
    const seconds = (performance.now() - begin) / 1000
    const { user, system } = process.cpuUsage(cpu)
    return [calls / seconds, (user + system) / calls]
  })
  console.log(`\n${title} (${rounds} rounds of ${calls} calls, ${underWay} at once)`)
  const base = samples[0]?.map(median) ?? []
  for (const [index, { name }] of contestants.entries()) {
    const [rate = 0, cpu = 0] = samples[index]?.map(median) ?? []
    const [rateBase = 1, cpuBase = 1] = base
    console.log(
      `  ${name.padEnd(24)} ${ratio(rate / rateBase)} ${amount(rate)} per second ${ratio(cpuBase / cpu)} ${amount(cpu)} µs CPU`,
    )
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
  const medians = samples.map(([times = []]) => median(times))
  for (const [index, { name }] of contestants.entries()) {
    const time = medians[index] ?? 0
    console.log(`  ${name.padEnd(24)} ${ratio(time / (medians[0] ?? 1))} ${amount(time)} ms`)
  }
}

/** The samples of each contestant, by measure, without two rounds that warm up. */
async function inTurn(
  contestants: readonly Contestant[],
  rounds: number,
  measure: (contestant: Contestant, round: number) => Promise<readonly number[]>,
): Promise<number[][][]> {
  const samples = contestants.map((): number[][] => [])
  for (let round = -2; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const measured = await measure(contestant, round + 2)
      if (round < 0) continue
      for (const [at, value] of measured.entries()) {
        const own = samples[index] ?? []
        own[at] = [...(own[at] ?? []), value]
      }
    }
  }
  return samples
}

const ratio = (value: number) => value.toFixed(2).padStart(6)
const amount = (value: number) => value.toFixed(1).padStart(8)

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
