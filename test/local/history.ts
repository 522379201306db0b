// A model of a table that knows nothing of the engine: numbers by name, and whether the answers of concurrent operations have an order.

/** What is done to one number. With `if` only when the number is that; null when there must be none. */
export interface Write {
  readonly kind: 'set' | 'add' | 'delete' | 'check'
  readonly value: number
  readonly if?: number | null
}

/** Writes of several numbers happen at once, or none does; reads of several see one state. */
export type Operation =
  | { readonly kind: 'write'; readonly of: Readonly<Record<string, Write>> }
  | { readonly kind: 'read'; readonly names: readonly string[] }

/** Of a write, whether it was done; of a read, the numbers. */
export type Answer = 'done' | 'refused' | readonly (number | null)[]

/** An operation, when it was sent and answered (on a clock that only orders), and what the answer was. */
export interface Step {
  readonly operation: Operation
  readonly start: number
  readonly end: number
  readonly answer: Answer
}

type State = Readonly<Record<string, number>>

/**
 * Whether some order of the steps gives exactly these answers, in which no step comes before one that was over when it began. For
 * operations on one number this is linearizability, for others strict serializability. All orders are tried (Wing and Gong, 1993).
 */
export function explains(steps: readonly Step[]): boolean {
  const deadEnds = new Set<string>()
  const search = (left: readonly Step[], state: State): boolean => {
    if (left.length === 0) return true
    const place = JSON.stringify([left.map((step) => steps.indexOf(step)), Object.entries(state).sort()])
    if (deadEnds.has(place)) return false
    const firstEnd = Math.min(...left.map(({ end }) => end))
    const found = left.some((step) => {
      if (step.start > firstEnd) return false
      const [answer, next] = apply(state, step.operation)
      if (JSON.stringify(answer) !== JSON.stringify(step.answer)) return false
      return search(
        left.filter((other) => other !== step),
        next,
      )
    })
    if (!found) deadEnds.add(place)
    return found
  }
  return search(steps, {})
}

function apply(state: State, operation: Operation): [Answer, State] {
  if (operation.kind === 'read') return [operation.names.map((name) => state[name] ?? null), state]
  const writes = Object.entries(operation.of)
  if (writes.some(([name, write]) => write.if !== undefined && write.if !== (state[name] ?? null))) return ['refused', state]
  const next: Record<string, number> = { ...state }
  for (const [name, { kind, value }] of writes) {
    if (kind === 'delete') delete next[name]
    if (kind === 'set') next[name] = value
    if (kind === 'add') next[name] = (next[name] ?? 0) + value
  }
  return ['done', next]
}
