// The shapes of DynamoDB's JSON protocol that the engine works on: items as they travel, tables as they are described.
// Not the SDK's types: here binary is base64 text and nothing has been unmarshalled.

/** An attribute value on the wire; exactly one member is set. */
export interface AttributeValue {
  S?: string
  N?: string
  B?: string
  BOOL?: boolean
  NULL?: boolean
  SS?: string[]
  NS?: string[]
  BS?: string[]
  L?: AttributeValue[]
  M?: Item
}

export type Item = { [attribute: string]: AttributeValue }

/** The parameters of a request, or the members of a reply, before anything is known of them. */
export type Params = { [member: string]: unknown }

export interface KeyElement {
  AttributeName: string
  KeyType: string
}

export interface IndexDescription {
  IndexName: string
  KeySchema: KeyElement[]
  Projection: { ProjectionType: string; NonKeyAttributes?: string[] }
  IndexArn?: string
  IndexStatus?: string
  IndexSizeBytes?: number
  ItemCount?: number
  ProvisionedThroughput?: Throughput
}

export interface Throughput {
  ReadCapacityUnits: number
  WriteCapacityUnits: number
  NumberOfDecreasesToday?: number
}

export interface TableDescription {
  TableName: string
  TableArn?: string
  TableStatus: string
  KeySchema: KeyElement[]
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[]
  LocalSecondaryIndexes?: IndexDescription[]
  GlobalSecondaryIndexes?: IndexDescription[]
  ProvisionedThroughput?: Throughput
  BillingModeSummary?: { BillingMode: string; LastUpdateToPayPerRequestDateTime?: number }
  StreamSpecification?: { StreamEnabled: boolean; StreamViewType: string }
  LatestStreamLabel?: string
  LatestStreamArn?: string
  DeletionProtectionEnabled?: boolean
}

/** Local and global indexes are kept apart wherever they are stored or charged. */
export type IndexScope = 'Local' | 'Global'

/** Every index of a table, local ones first, as DynamoDB reports them. */
export function indexesOf(table: TableDescription): { scope: IndexScope; index: IndexDescription }[] {
  return [
    ...(table.LocalSecondaryIndexes ?? []).map((index) => ({ scope: 'Local' as const, index })),
    ...(table.GlobalSecondaryIndexes ?? []).map((index) => ({ scope: 'Global' as const, index })),
  ]
}
