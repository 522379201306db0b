// What marks the guards of unique values among the items of a table.

/** The type attribute of guards. No entity can be found under it: it is refused as a name. */
export const guardType = '#unique'
/** The attribute of a guard that says what it guards, and by which it is known where items carry no type. */
export const guardAttribute = '_unique'
