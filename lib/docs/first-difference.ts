// Where a file differs from what it should be, for the message of a check that the documentation is current.

export interface Difference {
  /** Counted from 1. */
  readonly line: number
  /** Undefined when the file ends before. */
  readonly found: string | undefined
  /** Undefined when the file should have ended before. */
  readonly expected: string | undefined
}

/** The first line in which two texts differ; undefined when they are the same. */
export function firstDifference(found: string, expected: string): Difference | undefined {
  if (found === expected) return undefined
  const [foundLines, expectedLines] = [found.split('\n'), expected.split('\n')]
  let line = 0
  while (foundLines[line] === expectedLines[line]) line++
  return { line: line + 1, found: foundLines[line], expected: expectedLines[line] }
}
