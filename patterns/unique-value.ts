// A unique text of which spellings count as one: the attribute and its constraint, for an entity of the user's.
import { type AttributeBuilder, string } from '../lib/index.ts'
import { keyUnder } from './key-prefix.ts'

/**
 * The form in which texts are compared that differ in case, in surrounding space, or in how Unicode writes them: `' Ada@Example.COM '` gives
 * `'ada@example.com'`. For the same text it is the same in every locale.
 */
export function normaliseText(text: string): string {
  // Twice, since lower case can be written in other characters again.
  return text.normalize('NFKC').toLowerCase().normalize('NFKC').trim()
}

export interface UniqueValueOptions<N extends string, A extends string> {
  /** The entity that has the attribute. */
  readonly entity: N
  readonly attribute: A
  /** The form of a text in which it is stored. What it gives, it leaves as it is. Default: `normaliseText`. */
  readonly normalise?: (text: string) => string
  /** The longest text, in characters. Default 320, which an e-mail address can have. */
  readonly max?: number
}

export interface UniqueValue<A extends string> {
  readonly attributes: { readonly [P in A]: AttributeBuilder<string> }
  readonly unique: { readonly [P in A]: `{${A}}` }
}

/**
 * A unique value that is spelt in one way.
 *
 * **Problem.** `Ada@example.com` and `ada@example.com` are one address, and two texts.
 *
 * **Layout.** What `unique` of an entity does: a guard in the transaction of every write.
 *
 * | | PK | SK |
 * | --- | --- | --- |
 * | User | its own | its own |
 * | guard | `USER_EMAIL#{email}` | `USER_EMAIL#{email}` |
 *
 * **Invariant.** The attribute is stored in its normal form alone: a write of another spelling is refused, so that no code can forget to normalise.
 * Guards and items are one (`unique`), hence of all spellings of a text one item has it at most.
 *
 * **Mistake.** Asking an index and then putting; normalising where users sign up, and not where they change their address.
 *
 * Keep another attribute for how the user writes it, if it is to be shown. For exact values `unique` alone does it.
 * Source: common practice; the guide's chapter on transactions.
 *
 * @example
 * const email = uniqueValue({ entity: 'User', attribute: 'email' })
 * const User = defineEntity('User', {
 *   attributes: { userId: ulid(), ...email.attributes },
 *   key: { pk: 'USER#{userId}', sk: 'USER' },
 *   unique: { ...email.unique },
 * })
 * await shop.entities.User.create({ email: normaliseText(given) })
 */
export function uniqueValue<const N extends string, const A extends string>(options: UniqueValueOptions<N, A>): UniqueValue<A> {
  const { entity, attribute, normalise = normaliseText, max = 320 } = options
  const isNormal = (text: string) =>
    text === normalise(text) || `is stored in one spelling only. Give ${JSON.stringify(normalise(text))}.`
  const words = attribute.charAt(0).toUpperCase() + attribute.slice(1)
  const template = keyUnder(`${entity}${words}`, `#{${attribute}}`)
  // Made of the same names that the type is made of.
  return Object.freeze({
    attributes: Object.freeze({ [attribute]: string({ min: 1, max }).check(isNormal) }),
    unique: Object.freeze({ [attribute]: template }),
  }) as unknown as UniqueValue<A>
}
