// DynamoDB's limit on nesting, in one place.

/**
 * The levels a value can have: an attribute of the item stands on level 1, its elements on level 2. DynamoDB takes 32, that is 31 lists or
 * maps around a scalar (developer guide, "Constraints", Nested attribute depth).
 */
export const maxLevels = 32
