// "Did you mean …?": finds the known name that a wrong one was most likely meant to be.

/**
 * The candidate nearest to a wrong name, or `undefined` when none is near. Swapped, missing, extra and wrong letters count one each;
 * about one in three letters may be wrong. Letter case counts last.
 *
 * @example nearestName('stauts', ['status', 'total']) // 'status'
 */
export function nearestName(wrong: string, candidates: Iterable<string>): string | undefined {
  // Nobody means a name by a text this long; the distance would take its square in time.
  if (wrong.length > 100) return undefined
  const wrongFolded = wrong.toLowerCase()
  let nearest: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    if (candidate.length > 100) continue
    const folded = candidate.toLowerCase()
    const distance = folded === wrongFolded ? 0 : editDistance(wrongFolded, folded)
    const allowed = Math.max(1, Math.floor(Math.max(wrong.length, candidate.length) / 3))
    // A name must share something with what was written: `a` is not a misspelt `b`.
    if (distance <= allowed && distance < Math.max(wrong.length, candidate.length) && distance < least) {
      nearest = candidate
      least = distance
    }
  }
  return nearest
}

/** ` Did you mean nearest?` for the end of a message, or an empty text. */
export function nameHint(wrong: string, candidates: Iterable<string>): string {
  const nearest = nearestName(wrong, candidates)
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`
}

/** Damerau-Levenshtein distance (optimal string alignment), row by row. */
function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1]
      let cost = Math.min(at(previous, column) + 1, at(current, column - 1) + 1, at(previous, column - 1) + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (swapped) cost = Math.min(cost, at(beforePrevious, column - 2) + 1)
      current.push(cost)
    }
    beforePrevious = previous
    previous = current
  }
  return at(previous, right.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
