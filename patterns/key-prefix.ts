// Key templates that begin with the name of an entity that the user has named.

/**
 * A key template under an entity's name, in upper case with underscores: `OrderTotal` and `#{shop}` give `ORDER_TOTAL#{shop}`. Its type is
 * the part with the placeholders, which is what the types of keys are made from.
 */
export function keyUnder<const S extends string>(name: string, rest: S): S {
  const prefix = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
  return `${prefix}${rest}` as S
}

/** The upper case of a name with underscores between its words, as a type: `FanOutOnRead` gives `FAN_OUT_ON_READ`. */
export type KeyPrefix<N extends string> = string extends N ? string : Uppercase<Words<N>>
type Words<N extends string> = N extends `${infer A}${infer B}${infer Rest}`
  ? `${A}${EndsWord<A> extends true ? (Begins<B> extends true ? '_' : '') : ''}${Words<`${B}${Rest}`>}`
  : N
type Letter<C extends string> = Uppercase<C> extends Lowercase<C> ? false : true
type Begins<C extends string> = C extends Uppercase<C> ? Letter<C> : false
type EndsWord<C extends string> = C extends `${number}` ? true : C extends Lowercase<C> ? Letter<C> : false
