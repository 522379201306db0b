// Measures contenders in turn, round after round, and prints each one's CPU time as a ratio to the first.

export interface Contender {
  readonly name: string
  readonly run: () => Promise<unknown>
}

/** CPU microseconds per call, the median over rounds in which all contenders take their turn. */
export async function compare(title: string, contenders: readonly Contender[], calls: number, rounds = 15): Promise<void> {
  const samples = contenders.map((): number[] => [])
  for (let round = -2; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const start = process.cpuUsage()
      for (let call = 0; call < calls; call++) await contender.run()
      const { user, system } = process.cpuUsage(start)
      if (round >= 0) samples[index]?.push((user + system) / calls)
    }
  }
  const medians = samples.map(median)
  const [base = 1] = medians
  console.log(`\n${title} (${rounds} rounds of ${calls} calls)`)
  for (const [index, { name }] of contenders.entries()) {
    const value = medians[index] ?? 0
    console.log(`  ${name.padEnd(24)} ${(value / base).toFixed(2).padStart(5)}   ${value.toFixed(1).padStart(8)} µs CPU`)
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
