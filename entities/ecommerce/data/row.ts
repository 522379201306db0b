// The data set's rows: create inputs in which everything is spelt out, so that nothing is left to the moment of the load.
import type { AnyEntity, CreateInput, Item } from '../../../lib/index.ts'
import type { ecommerce } from '../index.ts'

/** What Singlet writes by itself. */
type Generated = 'version' | 'createdAt' | 'updatedAt'

/** A create input with a value for every attribute that has a default. */
export type Row<E extends AnyEntity> = CreateInput<E> & Omit<Item<E>, Generated>

type ShopEntities = typeof ecommerce.entities

/** The rows of some entities, by the names that the model has them under. */
export type Rows<N extends keyof ShopEntities> = { readonly [K in N]: readonly Row<ShopEntities[K]>[] }

/** All items of a shop, by entity. */
export type Dataset = Rows<keyof ShopEntities>
