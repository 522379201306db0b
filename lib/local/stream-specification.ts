// The member `StreamSpecification` of CreateTable and UpdateTable.
import { validationError } from './service-error.ts'
import type { StoredTable } from './store.ts'

const viewTypes = ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']

export interface StreamSpecification {
  StreamEnabled?: boolean
  StreamViewType?: string
}

export const streamSpecificationRule = {
  type: 'FieldStruct<StreamSpecification>',
  children: {
    StreamEnabled: { type: 'Boolean', notNull: true },
    StreamViewType: { type: 'String', enum: viewTypes },
  },
}

/** Throws when a specification contradicts itself or the table. The view to open a stream with, or undefined to have none. */
export function checkStream({ StreamEnabled, StreamViewType }: StreamSpecification, table?: StoredTable): string | undefined {
  if (StreamEnabled !== true) {
    if (StreamViewType !== undefined) throw invalid('Stream StreamEnabled was false but a StreamViewType was present.')
    if (table !== undefined && table.stream === undefined) throw validationError('Table has no stream to disable')
    return undefined
  }
  if (StreamViewType === undefined) throw invalid('Stream ViewType must not be null or empty when enabling streams.')
  if (table?.stream !== undefined) throw validationError('Table already has an enabled stream')
  return StreamViewType
}

const invalid = (message: string) => validationError(`Invalid StreamViewType: ${message}`)
