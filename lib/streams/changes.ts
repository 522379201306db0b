// Stream records as changes of a model's items: which entity, what it was, what it is now, and what is different.
import type { OnMisfit } from '../client/connection.ts'
import { misfitOf, reportMisfit, tryDecode } from '../client/misfit.ts'
import type { Misfit } from '../errors.ts'
import type { AccessPatterns, Entities, Model } from '../model/define-model.ts'
import type { AnyEntity, Item, Key } from '../model/entity.ts'
import type { ResolvedEntity, ResolvedModel } from '../model/resolved.ts'
import { ownValue } from '../plain-object.ts'
import { givenKey } from '../requests/context.ts'
import { entityOf } from '../requests/decode.ts'
import { decodeKey, type StoredItem } from '../requests/index-keys.ts'
import { isGuard } from '../requests/unique.ts'
import type { ContextNames } from '../schema/infer.ts'
import { sameValue } from '../schema/same-value.ts'
import { type ReadRecord, readRecord, type StreamRecord } from './stream-record.ts'

interface AnyChange<E extends AnyEntity> {
  /** The entity's name. */
  readonly entity: E['name']
  /** The attributes of its primary key. They are known whatever the stream's view. */
  readonly key: Key<E>
  /**
   * What of its primary key comes from the connection that wrote it; undefined where nothing does.
   * `shop.with(change.context)` is a connection for it.
   */
  readonly context: ChangeContext<ContextNames<E['attributes']>>
  /**
   * The attributes that differ between old and new, by their names in code, hidden ones too. Where the stream does not hold what it takes
   * to tell, all attributes of the entity: any of them may have changed.
   */
  readonly changed: readonly (keyof E['attributes'] & string)[]
  /** Deleted by time to live, not by a request. */
  readonly expired: boolean
  readonly sequenceNumber: string
}

type ChangeContext<Names> = [Names] extends [never] ? undefined : { readonly [N in Names & string]: string }

interface Inserted<E extends AnyEntity> extends AnyChange<E> {
  readonly type: 'insert'
  readonly new?: Item<E>
  readonly old?: undefined
}

interface Modified<E extends AnyEntity> extends AnyChange<E> {
  readonly type: 'modify'
  readonly new?: Item<E>
  readonly old?: Item<E>
}

interface Removed<E extends AnyEntity> extends AnyChange<E> {
  readonly type: 'remove'
  readonly new?: undefined
  readonly old?: Item<E>
}

/** A change of one entity's item. `old` and `new` are there as far as the stream's view has them. */
export type EntityChange<E extends AnyEntity> = Inserted<E> | Modified<E> | Removed<E>

/** A change of an item of any of these entities: a union to tell apart by `entity`, and then by `type`. */
export type Change<Es extends Entities = Entities> = { [N in keyof Es]: EntityChange<Es[N]> }[keyof Es]

/** A stored image that does not fit, with the record it came in. */
export interface ChangeMisfit extends Misfit {
  readonly sequenceNumber: string
}

/** Changes in the order of their records, and what of the records could not be read. */
export type Changes<Es extends Entities = Entities> = readonly Change<Es>[] & { readonly misfits: readonly ChangeMisfit[] }

export interface ChangesOptions {
  /** What happens with images that do not fit, beside being listed in `misfits`; as in `connect`. */
  readonly onMisfit?: OnMisfit
}

/**
 * Turns stream records into typed changes. Takes the records of a Lambda event and those of GetRecords.
 *
 * An image that does not fit its entity, or is of none, is listed in `misfits` and published on the channel `singlet:misfit`; the other
 * records are not affected. Where it is the new image, or no entity is known, the record gives no change; where it is the old one, the
 * change comes without it.
 *
 * @throws MisfitError with `onMisfit: 'throw'`
 *
 * @example
 * export const handler = async (event: DynamoDBStreamEvent) => {
 *   for (const change of changes(shop, event.Records)) {
 *     if (change.entity === 'Order' && change.type === 'modify' && change.changed.includes('status')) await notify(change.new)
 *   }
 * }
 */
export function changes<Es extends Entities>(
  model: Model<Es, AccessPatterns>,
  records: readonly StreamRecord[],
  options: ChangesOptions = {},
): Changes<Es> {
  const found: AnyRead[] = []
  const misfits: ChangeMisfit[] = []
  for (const record of records) {
    const read = readRecord(record)
    const change = readChange(model.resolved, read, (misfit) => {
      const reported = Object.freeze({ ...misfit, sequenceNumber: read.sequenceNumber })
      reportMisfit(options.onMisfit, reported)
      misfits.push(reported)
    })
    if (change !== undefined) found.push(change)
  }
  // Which entity a record is of is known only now that it has been read.
  return Object.freeze(Object.assign(found, { misfits: Object.freeze(misfits) })) as unknown as Changes<Es>
}

/** A change as it is read, of whatever entity. */
interface AnyRead extends Omit<AnyChange<AnyEntity>, 'key' | 'context' | 'changed'> {
  readonly type: ReadRecord['type']
  readonly context?: Readonly<Record<string, unknown>>
  readonly key: Readonly<Record<string, unknown>>
  readonly changed: readonly string[]
  readonly old?: Readonly<Record<string, unknown>>
  readonly new?: Readonly<Record<string, unknown>>
}

type Report = (misfit: Misfit) => void

function readChange(model: ResolvedModel, record: ReadRecord, report: Report): AnyRead | undefined {
  const { type, keys, oldImage, newImage, sequenceNumber, expired } = record
  const stored = newImage ?? oldImage ?? keys
  const entity = entityOf(model, stored)
  if (entity === undefined) {
    if (isGuard(model, stored)) return undefined
    const path = model.table.typeAttribute ?? model.table.partitionKey.name
    report(misfitOf(model.table, undefined, stored, path, 'it is of no entity of this model.'))
    return undefined
  }
  const key = readKey(entity, keys)
  if (key === undefined) {
    const path = entity.key.partition.attribute
    report(misfitOf(model.table, entity.name, stored, path, `its key is not one of ${entity.name}.`))
    return undefined
  }
  const current = newImage && readItem(entity, newImage, report)
  if (newImage !== undefined && current === undefined) return undefined
  const previous = oldImage && readItem(entity, oldImage, report)
  return Object.freeze({
    entity: entity.name,
    type,
    key: givenKey(entity, key),
    ...(entity.context.length > 0 && { context: contextIn(entity, key) }),
    ...(previous && { old: previous }),
    ...(current && { new: current }),
    changed: changedAttributes(entity, record),
    expired,
    sequenceNumber,
  })
}

function readItem(entity: ResolvedEntity, image: StoredItem, report: Report) {
  const decoded = tryDecode(entity, image)
  if ('item' in decoded) return decoded.item
  report(decoded.misfit)
  return undefined
}

/** The attributes of the primary key; undefined when it was not made by the entity's templates. */
function readKey({ key }: ResolvedEntity, keys: StoredItem): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {}
  for (const part of [key.partition, key.sort]) {
    if (part === undefined) continue
    const decoded = decodeKey(part, keys)
    if (decoded === undefined) return undefined
    Object.assign(values, decoded)
  }
  return values
}

function contextIn({ context }: ResolvedEntity, key: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.freeze(Object.fromEntries(context.map((name) => [name, ownValue(key, name)])))
}

function changedAttributes({ attributes, keyAttributes }: ResolvedEntity, record: ReadRecord): readonly string[] {
  const { type, oldImage, newImage } = record
  const all = Object.keys(attributes)
  const known = (type === 'insert' || oldImage !== undefined) && (type === 'remove' || newImage !== undefined)
  if (!known) return all
  return all.filter((name) => {
    // Keys can hold attributes that are stored nowhere else; they come and go with the item.
    if (type !== 'modify' && keyAttributes.includes(name)) return true
    const stored = attributes[name]?.stored ?? name
    const [before, after] = [valueIn(oldImage, stored), valueIn(newImage, stored)]
    return before === undefined || after === undefined ? before !== after : !sameValue(before, after)
  })
}

const valueIn = (image: StoredItem | undefined, name: string) =>
  image !== undefined && Object.hasOwn(image, name) ? image[name] : undefined
