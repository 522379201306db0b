// The table and its indexes as documentation: keys, projections, and which entities and patterns use each index.
import type { ResolvedModel } from '../model/resolved.ts'
import type { KeyAttribute, ProjectionInput, Table } from '../model/table.ts'
import type { PatternDocumentation } from './pattern-documentation.ts'

export type TableDocumentation = Omit<Table, 'indexes'>

export interface IndexDocumentation {
  readonly name: string
  readonly type: 'global' | 'local'
  readonly partitionKey: KeyAttribute
  readonly sortKey?: KeyAttribute
  readonly projection: ProjectionInput
  /** The entities that declare the index. */
  readonly entities: readonly string[]
  /** Entities that do not declare it, and whose items are in it all the same, since its key attributes are attributes of theirs. */
  readonly alsoHolds: readonly string[]
  /** The patterns that read it. */
  readonly patterns: readonly string[]
}

export function describeTable({ indexes: _, ...table }: Table): TableDocumentation {
  return Object.freeze(table)
}

export function describeIndexes(model: ResolvedModel, patterns: readonly PatternDocumentation[]): IndexDocumentation[] {
  const entities = Object.values(model.entities)
  return Object.values(model.table.indexes).map((index) => {
    const declaring = entities.filter(({ indexes }) => Object.hasOwn(indexes, index.name))
    const present = entities.filter((entity) => Object.hasOwn(entity.presence, index.name) && !declaring.includes(entity))
    return Object.freeze({
      ...index,
      entities: declaring.map(({ name }) => name),
      alsoHolds: present.map(({ name }) => name),
      patterns: patterns.filter(({ plan }) => plan.index === index.name).map(({ name }) => name),
    })
  })
}
