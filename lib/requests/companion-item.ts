// A companion item as data: what is written with its owner.
import type { ResolvedEntity } from '../model/resolved.ts'
import type { StoredItem } from './index-keys.ts'

/** An item that another one has with it, or is to have. */
export interface CompanionItem {
  readonly kind: 'guard' | 'copy'
  /** The name of the constraint, or of the copy's entity. */
  readonly name: string
  /** The entity of its owner. */
  readonly entity: ResolvedEntity
  /** Its primary key. */
  readonly key: StoredItem
  readonly item: StoredItem
  /** The attribute in which it says who its owner is. */
  readonly mark: string
  /** The values that its key is made of, by attribute of its owner. */
  readonly values: Readonly<Record<string, unknown>>
  /** When it was told that its owner has not expired; another one that had expired by then may be taken over. */
  readonly asOf: Date
}
