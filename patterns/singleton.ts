// The one item of its kind in the table: settings, a cursor of a job, the state of a migration.
import {
  type Attributes,
  defineEntity,
  type Entity,
  type GetPattern,
  get,
  type Item,
  ItemExistsError,
  OutcomeUnknownError,
} from '../lib/index.ts'
import { keyUnder } from './key-prefix.ts'
import { refusePattern } from './pattern-problem.ts'

export interface SingletonOptions<N extends string, A> {
  /** The entity; the pattern that reads it is `settings` when the name is `Settings`. */
  readonly name: N
  readonly attributes: A
}

/** The entity of a singleton: its key has no attributes. */
export type SingletonEntity<N extends string, A> = Entity<
  N,
  A,
  { readonly pk: `constant ${N}`; readonly sk: `constant ${N}` },
  Record<never, never>
>

export interface Singleton<N extends string, A extends Attributes> {
  readonly entities: { readonly [P in N]: SingletonEntity<N, A> }
  readonly accessPatterns: {
    readonly [P in Uncapitalize<N>]: GetPattern<SingletonEntity<N, A>, Item<SingletonEntity<N, A>>>
  }
}

/**
 * A singleton: an item of which there is one.
 *
 * **Problem.** Settings that belong to nothing else.
 *
 * **Layout.** Constant keys, from the entity's name.
 *
 * | PK | SK |
 * | --- | --- |
 * | `SETTINGS` | `SETTINGS` |
 *
 * **Invariant.** There is at most one, because its key has no attributes. `createIfAbsent` makes it with its defaults, and never over one that
 * is there: of many who start at once, one makes it and all get the same.
 *
 * **Mistake.** Get, then put when there is nothing, which takes back what another has changed in between. A counter in it that every request
 * adds to: one partition takes 1,000 writes a second; use a sharded counter.
 *
 * Source: common practice; the guide's chapter on conditional writes.
 *
 * @example
 * const settings = singleton({ name: 'Settings', attributes: { theme: string().default('light') } })
 * const shop = connect(defineModel({ table, ...settings }), { client })
 * await createIfAbsent(shop.entities.Settings, {})
 * await shop.entities.Settings.update({}, { theme: 'dark' })
 * const { theme } = (await shop.patterns.settings({})) ?? {}
 * @throws {ModelError} when it could expire, and with it what it says
 */
export function singleton<const N extends string, const A extends Attributes>({
  name,
  attributes,
}: SingletonOptions<N, A>): Singleton<N, A> {
  for (const [attribute, made] of Object.entries(attributes as Attributes))
    if ('definition' in made && made.definition.type === 'expiresAt')
      refusePattern('expires', `${name}.${attribute}`, 'a singleton does not expire.', 'Keep the time as a datetime().')
  const key = keyUnder(name, '')
  const entity = defineEntity(name, {
    description: 'There is one.',
    attributes: attributes as Attributes,
    key: { pk: key, sk: key },
  })
  const pattern = get(entity).consistent().describe(`The one ${name}`)
  // Made of the same names that the type is made of.
  return Object.freeze({
    entities: Object.freeze({ [name]: entity }),
    accessPatterns: Object.freeze({ [`${name.charAt(0).toLowerCase()}${name.slice(1)}`]: pattern }),
  }) as unknown as Singleton<N, A>
}

const maxTries = 12

/** What making an item that may be there takes: the operations of its entity. */
export interface Creatable<I, W> {
  create(input: W): PromiseLike<I>
  get(key: never, options: { readonly consistent: true; readonly onMisfit: 'throw' }): PromiseLike<I | undefined>
}

/**
 * The singleton, made of `input` when there is none. Where it is there, it stays as it is.
 *
 * @throws {MisfitError} when what is there does not fit the entity
 * @example const { theme } = await createIfAbsent(shop.entities.Settings, { theme: 'light' })
 */
export async function createIfAbsent<I, W>(singleton: Creatable<I, W>, input: W): Promise<I> {
  // Whatever the connection does with misfits: to pass one over would be to find nothing for ever.
  const options = { consistent: true, onMisfit: 'throw' } as const
  const read = singleton.get as (key: object, given: typeof options) => PromiseLike<I | undefined>
  for (let tries = 1; ; tries++) {
    const found = await read({}, options)
    if (found !== undefined) return found
    try {
      return await singleton.create(input)
    } catch (error) {
      // Another was faster, or the answer was lost: it has made what the next reading finds, unless others delete it each time.
      const mayBeThere = error instanceof ItemExistsError || error instanceof OutcomeUnknownError
      if (!mayBeThere || tries === maxTries) throw error
    }
  }
}
