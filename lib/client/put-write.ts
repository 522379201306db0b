// Writes of whole items, create and put: what is sent, and which guards and copies go with it.
import type { PutItemInput } from '@aws-sdk/client-dynamodb'
import { ConditionFailedError, ItemExistsError, type SingletError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import {
  companionChanges,
  companionDependencies,
  companionItems,
  companionItemsFound,
  hasCompanions,
} from '../requests/companion-items.ts'
import { isExpired } from '../requests/decode.ts'
import { isAsFound, type Reading, sameOrAbsent } from '../requests/found.ts'
import { primaryKey, type StoredItem } from '../requests/index-keys.ts'
import { createRequest, type PutOptions, putRequest } from '../requests/item.ts'
import { complete, type Input, inTime } from './complete-input.ts'
import type { Connection } from './connection.ts'
import { decodeOrMisfit, readable } from './misfit.ts'
import { readFound, readsFirst } from './read-found.ts'
import { keyFields, refusal } from './refusal.ts'
import type { Write } from './write-request.ts'

/** `create`: refuses when the item exists. */
export function createWrite(connection: Connection, entity: ResolvedEntity, input: Input, options: PutOptions): Write<object> {
  const chance = connection.random()
  return putWrite(
    'create',
    connection,
    entity,
    input,
    false,
    () => complete(connection, entity, input, 1),
    (values) => createRequest(entity, connection.tableName, values, options, connection.now(), chance),
    (item, key) =>
      options.if !== undefined && (item === undefined || isExpired(entity, item, connection.now()))
        ? new ConditionFailedError(entity.name, key, item && readable(entity, item))
        : new ItemExistsError(entity.name, key, item && readable(entity, item)),
  )
}

/** `put`: replaces whatever is there. */
export function putWholeWrite(connection: Connection, entity: ResolvedEntity, input: Input, options: PutOptions): Write<object> {
  const { version: name } = entity
  const chance = connection.random()
  const read = (name === undefined ? undefined : input?.[name]) as number | undefined
  const others = name === undefined ? input : { ...input, [name]: undefined }
  return putWrite(
    'put',
    connection,
    entity,
    others,
    hasCompanions(entity),
    () => complete(connection, entity, others, read === undefined ? 1 : read + 1),
    (values, found) => putRequest(entity, connection.tableName, values, options, read, connection.now(), chance, found),
    (item, key) => refusal(entity, key, item, name === undefined ? undefined : { version: read }),
  )
}

/** With `reads`, what is replaced is read first, for the guards and copies that it has. */
function putWrite(
  kind: 'create' | 'put',
  connection: Connection,
  entity: ResolvedEntity,
  input: Input,
  reads: boolean,
  values: () => Input | Promise<Input>,
  request: (values: Input, found: Reading | undefined) => PutItemInput,
  refused: (item: StoredItem | undefined, key: Input) => SingletError,
): Write<object> {
  // Made once, so that what params() shows is what is sent: identifiers and times are generated with it.
  let whole: Input | undefined
  let made: PutItemInput | undefined
  const make = (values: Input) => {
    whole ??= values
    made ??= request(whole, undefined)
    return made
  }
  // One time for all attempts: a transaction that is sent again under its token must be the same.
  let asOf: Date | undefined
  const companionsAfter = (item: StoredItem) => {
    asOf ??= connection.now()
    return companionItems(entity, item, asOf)
  }
  return {
    kind,
    entity,
    request() {
      const Put = made ?? make(whole ?? inTime(values()))
      if (reads) throw readsFirst(entity)
      return { Put }
    },
    along: () => ({ companions: companionChanges([], companionsAfter(made?.Item ?? {})) }),
    async attempt({ mayRead = true } = {}) {
      if (reads && !mayRead) throw readsFirst(entity)
      whole ??= await values()
      const found = reads
        ? await readFound(connection, entity, primaryKey(entity, whole), companionDependencies(entity))
        : undefined
      const Put = found === undefined ? (made ?? make(whole)) : request(whole, found)
      const item = Put.Item ?? {}
      return {
        request: { Put },
        companions: companionChanges(companionItemsFound(entity, found?.item, connection.now()), companionsAfter(item), true),
        refused: (now) =>
          found !== undefined && !isAsFound(entity, found, now)
            ? 'retry'
            : refused(now, keyFields(entity, readable(entity, item))),
        isOwn: (there) => isSame(item, there, generatedFor(entity, input)),
        result: () => decodeOrMisfit(entity, item),
      }
    },
  }
}

/** The stored names of the identifiers that Singlet makes for this input. Nobody else can have made the same. */
function generatedFor({ attributes }: ResolvedEntity, input: Input): string[] {
  return Object.values(attributes).flatMap(({ name, stored, definition }) =>
    definition.default === 'generate' && input[name] === undefined ? [stored] : [],
  )
}

function isSame(item: StoredItem, there: StoredItem, names: readonly string[]): boolean {
  return names.length > 0 && names.every((name) => sameOrAbsent(item[name], there[name]))
}
