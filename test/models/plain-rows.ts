// Filtering and sorting of plain arrays, for oracles: what a key condition must give, without keys.

/** Whether a row has the attributes of the input, each equal or in the input's range. */
export function is(input: object): (row: object) => boolean {
  return (row) => Object.entries(input).every(([name, wanted]) => holds((row as Record<string, unknown>)[name], wanted))
}

export function holds(value: unknown, wanted: unknown): boolean {
  if (value === undefined) return false
  if (typeof wanted !== 'object' || wanted === null || wanted instanceof Date) return compare(value, wanted) === 0
  return Object.entries(wanted).every(([operator, operand]) => {
    if (operator === 'between') return compare(value, operand[0]) >= 0 && compare(value, operand[1]) <= 0
    if (operator === 'beginsWith') return String(value).startsWith(operand)
    const order = compare(value, operand)
    const outcomes: Record<string, boolean> = { eq: order === 0, gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }
    return outcomes[operator] === true
  })
}

export function compare(a: unknown, b: unknown): number {
  const [left, right] = [a, b].map((value) => (value instanceof Date ? value.getTime() : (value as string | number)))
  if (left === undefined || right === undefined) throw new TypeError('Only what is there can be compared.')
  return left < right ? -1 : left > right ? 1 : 0
}

export function ascending<R>(...names: (keyof R)[]): (a: R, b: R) => number {
  return (a, b) => names.map((name) => compare(a[name], b[name])).find((order) => order !== 0) ?? 0
}

export function descending<R>(...names: (keyof R)[]): (a: R, b: R) => number {
  const order = ascending<R>(...names)
  return (a, b) => order(b, a)
}

export function pick<R extends object, K extends keyof R>(row: R, ...names: K[]): Partial<R> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name as K))) as Partial<R>
}
