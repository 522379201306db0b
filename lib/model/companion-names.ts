// What marks companion items, guards of unique values and copies, among the items of a table.

/** The type attribute of guards. No entity can be found under it: it is refused as a name. */
export const guardType = '#unique'
/** The attribute of a guard that says what it guards, and for which item. */
export const guardAttribute = '_unique'
/** The attribute of a copy that has the primary key of its source. */
export const sourceAttribute = '_source'
