// Which rows of a data set make telling examples.

/** The first of the rows that share the most frequent value. */
export function commonest<R, K extends keyof R>(rows: readonly R[], name: K): R {
  const groups = new Map<R[K], R[]>()
  for (const row of rows) {
    const group = groups.get(row[name])
    if (group === undefined) groups.set(row[name], [row])
    else group.push(row)
  }
  return found([...groups.values()].reduce<R[]>((best, group) => (group.length > best.length ? group : best), [])[0])
}

export function found<V>(value: V | undefined): V {
  if (value === undefined) throw new Error('The data set is too small for an example of every access pattern.')
  return value
}
