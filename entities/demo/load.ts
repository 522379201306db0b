// Fills the table through the entities' own create, many writes at a time.

/** Enough to keep an endpoint busy, few enough for its connections. */
const writesInFlight = 32

interface Creates {
  readonly [entity: string]: { readonly create: (input: never) => PromiseLike<unknown> }
}

/**
 * Creates all rows and returns how many. Stops at the first failure.
 * @param onProgress Told how many there are so far.
 */
export async function load(
  entities: Creates,
  rows: Readonly<Record<string, readonly object[]>>,
  onProgress: (created: number) => void,
): Promise<number> {
  let created = 0
  // One iterator for all workers: each takes the next row when it is done with its last.
  const pending = Object.entries(rows)
    .flatMap(([entity, inputs]) => inputs.map((input) => ({ entity, input })))
    .values()
  const work = async () => {
    for (const { entity, input } of pending) {
      const operations = entities[entity]
      if (operations === undefined) throw new Error(`The model has no entity ${entity}.`)
      // The rows are checked by the types of the data set, and again by create.
      await operations.create(input as never)
      created++
      onProgress(created)
    }
  }
  await Promise.all(Array.from({ length: writesInFlight }, work))
  return created
}
