// An example item of each entity, as it is given and as it is stored, and the moment at which the examples are told.
import { exampleInput, exampleNow } from '../design/example-item.ts'
import { SingletError } from '../errors.ts'
import type { ResolvedEntity, ResolvedModel } from '../model/resolved.ts'
import { type Context, withContext } from '../requests/context.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import { completeInput, encodeItem } from '../requests/item.ts'

export interface ExampleItem {
  /** What creates it. */
  readonly input: Readonly<Record<string, unknown>>
  /** All its attributes, with what Singlet generates. */
  readonly values: Readonly<Record<string, unknown>>
  /** As the table holds it, with all its keys. */
  readonly stored: StoredItem
}

/**
 * The latest example of a createdAt() or updatedAt() attribute, so that generated times fit the story that the other examples tell;
 * without any, a fixed time.
 */
export function exampleTime({ entities }: ResolvedModel): Date {
  const written = Object.values(entities)
    .flatMap(({ attributes }) => Object.values(attributes))
    .filter(({ definition }) => definition.type === 'createdAt' || definition.type === 'updatedAt')
    .map(({ definition }) => definition.example)
    .filter((example) => example instanceof Date)
  return written.length === 0 ? exampleNow : new Date(Math.max(...written.map(Number)))
}

/** The example item of an entity. */
export function exampleItem(entity: ResolvedEntity, context: Context, now: Date): ExampleItem {
  try {
    const input = exampleInput(entity)
    const values = completeInput(entity, withContext(entity, context, input), now, 1)
    return Object.freeze({ input, values, stored: encodeItem(entity, values) })
  } catch (cause) {
    throw new SingletError(
      'DocumentationError',
      `${entity.name}: its examples do not make an item. ${messageOf(cause)} Give that attribute an .example() that fits.`,
      { cause },
    )
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
