// The writes of copies: refused with the name of the source, whoever calls them.
import { ValidationError } from '../errors.ts'
import type { AnyEntity } from './entity.ts'
import { type WriteKind, writeKinds } from './write-kind.ts'

/** Functions that refuse all writes of a copy, by name; none for other entities. A condition check writes nothing. */
export function refusedWrites({ name, source }: AnyEntity): Readonly<Partial<Record<WriteKind, () => never>>> {
  if (source === undefined) return {}
  const kinds = writeKinds.filter((kind) => kind !== 'conditionCheck')
  const refusal = (kind: WriteKind) => () => {
    const message = `${name} is a copy of ${source.name}, and is written with it. Use ${source.name}.${kind}().`
    throw new ValidationError('not-allowed', '', message)
  }
  return Object.fromEntries(kinds.map((kind) => [kind, refusal(kind)]))
}
