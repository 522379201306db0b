// Key templates that begin with the name of an entity that the user has named.

/**
 * A key template under an entity's name, in upper case with underscores: `OrderTotal` and `#{shop}` give `ORDER_TOTAL#{shop}`. Its type is
 * the part with the placeholders, which is what the types of keys are made from.
 */
export function keyUnder<const S extends string>(name: string, rest: S): S {
  const prefix = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
  return `${prefix}${rest}` as S
}
