// The one place that knows dynalite's modules: loads the exactly pinned version, types the internals that are used, and patches the
// two functions that cannot be replaced per engine. test/local/dynalite-contract.test.ts holds dynalite to what is assumed here.
import { createRequire } from 'node:module'
import { compare } from './comparison.ts'
import type { Expression } from './expression.ts'
import type { AttributeValue, Item, KeyElement, Params, TableDescription } from './wire.ts'

/** The version whose internals the engine is written for. */
export const dynaliteVersion = '4.0.0'

export type Callback<Result = unknown> = (error: unknown, result?: Result) => void

/** The part of dynalite's store that its actions touch; `Turn` is our form of it. */
export interface ActionStore {
  readonly options: { readonly maxItemSize: number }
  /** Set by stores that derive the rows of indexes themselves. */
  readonly derivesIndexes?: boolean
  readonly getTable: (name: string, checkStatus: boolean | Callback, callback?: Callback) => void
  readonly getItemDb: (table: string) => unknown
}

/** An operation of dynalite. It answers before it returns when its store does. */
export type Action = (store: ActionStore, data: Params, callback: Callback) => void

type UpdateIndexes = (store: ActionStore, table: unknown, before: unknown, after: unknown, callback: Callback) => void

/** A member's type and constraints, in dynalite's vocabulary. */
export type MemberRule = string | { readonly [constraint: string]: unknown }
export type MemberRules = { readonly [member: string]: MemberRule }

interface Rules {
  readonly types: MemberRules
  readonly custom?: (data: Params, store: ActionStore) => string | undefined
}

/** The internals of dynalite that the engine uses. */
export interface Dynalite {
  readonly db: {
    validateItem(item: Item, table: TableDescription): Error | null | undefined
    validateKey(key: Item, table: TableDescription): Error | null | undefined
    createKey(item: Item, table: TableDescription, keySchema?: readonly KeyElement[]): string
    createIndexKey(item: Item, table: TableDescription, keySchema: readonly KeyElement[]): string
    mapPaths(paths: readonly Path[], item: Item): Item
    compare(operator: string, value: AttributeValue | undefined, operands: AttributeValue | AttributeValue[]): boolean
    /** Writes the rows of indexes. `original` is dynalite's own, once it is patched. */
    updateIndexes: UpdateIndexes & { readonly original?: UpdateIndexes }
  }
  readonly validations: {
    checkTypes(data: Params, types: MemberRules): Params
    checkValidations(data: Params, types: MemberRules, custom: Rules['custom'] | null, store: ActionStore): void
  }
  readonly action: (operation: string) => Action
  readonly rules: (operation: string) => Rules
}

/** A document path as dynalite's parsers give it: names and list positions, or one bare name from a legacy parameter. */
export type Path = string | readonly (string | number)[]

/** What `validations/<op>.custom` leaves behind of the expressions it has parsed. */
export interface Parsed {
  _condition?: { expression: Expression }
  _filter?: { expression: Expression; pathHeads: { [attribute: string]: boolean } }
  _projection?: { paths: Path[] }
  _updates?: { sections: { type: string; path: (string | number)[]; val?: unknown }[] }
}

/** Loads dynalite. Throws an error that says what to install when it, or the right version of it, is not there. */
export function loadDynalite(require: (id: string) => unknown = createRequire(import.meta.url)): Dynalite {
  const load = (id: string): unknown => {
    try {
      return require(`dynalite/${id}`)
    } catch (cause) {
      throw new Error(`The embedded engine needs dynalite. Run: npm install --save-dev dynalite@${dynaliteVersion}`, { cause })
    }
  }
  const { version } = load('package.json') as { version: string }
  if (version !== dynaliteVersion) {
    throw new Error(
      `The embedded engine is written for dynalite ${dynaliteVersion}, and ${version} is installed. ` +
        `Run: npm install --save-dev dynalite@${dynaliteVersion}`,
    )
  }
  const db = load('db/index.js') as Dynalite['db']
  // Range bounds and start keys are checked through this export, in UTF-16 order, which refuses valid requests with characters beyond
  // U+FFFF. Ours is in byte order. The patch is process-wide, has no state, and is the same however often it is made.
  db.compare = compare
  // Rows of indexes follow from an item's change (see `indexChanges`). dynalite's derivation is of no use here, and fails on items that
  // were stored before their index was created and have something in its key attributes that is no key.
  const original = db.updateIndexes.original ?? db.updateIndexes
  db.updateIndexes = Object.assign(updateIndexesUnlessDerived, { original })

  function updateIndexesUnlessDerived(...parameters: Parameters<UpdateIndexes>): void {
    const [{ derivesIndexes }, , , , callback] = parameters
    if (derivesIndexes === true) callback(null)
    else original(...parameters)
  }

  return Object.freeze({
    db,
    validations: load('validations/index.js') as Dynalite['validations'],
    action: remembered((operation) => load(`actions/${lowerFirst(operation)}.js`) as Action),
    rules: remembered((operation) => load(`validations/${lowerFirst(operation)}.js`) as Rules),
  })
}

/** Requiring a module again is slow for something that every request does. */
function remembered<Module>(load: (operation: string) => Module): (operation: string) => Module {
  const modules = new Map<string, Module>()
  return (operation) => {
    const known = modules.get(operation)
    if (known !== undefined) return known
    const loaded = load(operation)
    modules.set(operation, loaded)
    return loaded
  }
}

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)
