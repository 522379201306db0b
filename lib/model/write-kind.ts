// The kinds of writes, by the names of the operations that do them.

/** The operation that a write is. */
export type WriteKind = (typeof writeKinds)[number]

export const writeKinds = ['create', 'put', 'update', 'delete', 'move', 'conditionCheck'] as const
