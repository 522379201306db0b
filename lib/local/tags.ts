// The tags of tables.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
import { dynamoError, validationError } from './service-error.ts'
import { type EngineState, type Operation, type OperationTable, parse } from './state.ts'
import type { StoredTable } from './store.ts'

const maxTags = 50

export interface Tag {
  readonly Key: string
  readonly Value: string
}

/** The rule of a list of tags. */
export const tagsRule = {
  type: 'List',
  children: {
    type: 'ValueStruct<Tag>',
    children: {
      Key: { type: 'String', notNull: true, lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 128 },
      Value: { type: 'String', notNull: true, lengthLessThanOrEqual: 256 },
    },
  },
}

/** Throws when tags are not to be added to those that a table has. */
export function checkTags(tags: readonly Tag[], table?: StoredTable): void {
  const keys = tags.map(({ Key }) => Key)
  if (new Set(keys).size < keys.length) throw validationError('One or more parameter values were invalid: Duplicate tag keys')
  if (keys.some((key) => key.toLowerCase().startsWith('aws:'))) {
    throw validationError('One or more parameter values were invalid: Tag keys must not start with aws:')
  }
  if (new Set([...keys, ...(table?.tags.keys() ?? [])]).size > maxTags) {
    throw validationError(`One or more parameter values were invalid: Too many tags. The limit is ${maxTags}.`)
  }
}

interface TagParams {
  ResourceArn: string
  Tags: Tag[]
  TagKeys: string[]
}

function tableOf({ store }: EngineState, arn: string): StoredTable {
  const table = [...store.values()].find(({ description }) => description.TableArn === arn)
  if (table !== undefined) return table
  throw dynamoError('ResourceNotFoundException', `Requested resource not found: ResourcArn: ${arn} not found`)
}

const tagResource: Operation = (state, params) => {
  const { ResourceArn, Tags } = parse(state, 'TagResource', params, { Tags: tagsRule }) as unknown as TagParams
  const table = tableOf(state, ResourceArn)
  checkTags(Tags, table)
  for (const { Key, Value } of Tags) table.tags.set(Key, Value)
  return {}
}

const untagResource: Operation = (state, params) => {
  const { ResourceArn, TagKeys } = parse(state, 'UntagResource', params) as unknown as TagParams
  const { tags } = tableOf(state, ResourceArn)
  for (const key of TagKeys) tags.delete(key)
  return {}
}

/** ListTagsOfResource, all of them at once. */
const listTagsOfResource: Operation = (state, params) => {
  const { ResourceArn } = parse(state, 'ListTagsOfResource', params) as unknown as TagParams
  const { tags } = tableOf(state, ResourceArn)
  return { Tags: [...tags.keys()].map((Key) => ({ Key, Value: tags.get(Key) })) }
}

export const tagOperations = Object.freeze({
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsOfResource: listTagsOfResource,
} satisfies OperationTable)
