// The data set's rows: create inputs in which everything is spelt out, so that nothing is left to the moment of the load.
import type { AnyEntity, CreateInput, Item } from '../../../lib/index.ts'
import type { social } from '../index.ts'

/** What Singlet writes by itself. */
type Generated = 'version' | 'createdAt' | 'updatedAt'

/** A create input with a value for every attribute that has a default. */
export type Row<E extends AnyEntity> = CreateInput<E> & Omit<Item<E>, Generated>

type SocialEntities = typeof social.entities

/** The rows of some entities, by the names that the model has them under. */
export type Rows<N extends keyof SocialEntities> = { readonly [K in N]: readonly Row<SocialEntities[K]>[] }

/** All items of the network, by entity. */
export type Dataset = Rows<keyof SocialEntities>
