// Types of changes, checked by the compiler alone: a union by entity, then by type, with the entity's own items, keys and attribute names.
import type { _Record } from '@aws-sdk/client-dynamodb-streams'
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import type { Item, Key } from '../../lib/index.ts'
import { type Change, changes } from '../../lib/streams/changes.ts'
import { readStream } from '../../lib/streams/read-stream.ts'
import type { StreamRecord } from '../../lib/streams/stream-record.ts'
import { type Order, type Session, shop } from '../streams/models.ts'

type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false
function holds<_T extends true>(): void {}

type ShopChange = Change<typeof shop.entities>
type Of<N extends string, T extends string> = Extract<ShopChange, { entity: N; type: T }>

holds<Equal<ShopChange['entity'], 'Order' | 'Session'>>()
holds<Equal<Of<'Order', 'modify'>['old'], Item<typeof Order> | undefined>>()
holds<Equal<Of<'Order', 'modify'>['new'], Item<typeof Order> | undefined>>()
holds<Equal<Of<'Session', 'insert'>['old'], undefined>>()
holds<Equal<Of<'Session', 'remove'>['new'], undefined>>()
holds<Equal<Of<'Session', 'remove'>['key'], Key<typeof Session>>>()
holds<Equal<Of<'Session', 'insert'>['changed'], readonly ('token' | 'image' | 'expires')[]>>()

declare const records: readonly _Record[]
for (const change of changes(shop, records)) {
  if (change.entity === 'Order') {
    holds<Equal<typeof change.key, Key<typeof Order>>>()
    if (change.type === 'modify' && change.changed.includes('status')) change.new?.status satisfies 'pending' | 'paid' | undefined
    // @ts-expect-error a Session has the attribute, an Order has not
    change.changed.includes('token')
    // @ts-expect-error hidden attributes are not read
    change.old?.secret
  } else {
    change.new?.image satisfies Uint8Array | undefined
  }
}
// @ts-expect-error no such entity
changes(shop, records)[0]?.entity === 'Product'

/** A record as the types of Lambda events have it. */
interface LambdaValue {
  B?: string
  S?: string
  M?: { [name: string]: LambdaValue }
}
interface LambdaRecord {
  eventName?: 'INSERT' | 'MODIFY' | 'REMOVE' | undefined
  dynamodb?: { Keys?: { [name: string]: LambdaValue } | undefined; SequenceNumber?: string | undefined } | undefined
  // biome-ignore lint/suspicious/noExplicitAny: as @types/aws-lambda has it
  userIdentity?: any
}
declare const event: { Records: LambdaRecord[] }
changes(shop, event.Records)

readStream(new DynamoDBStreamsClient({}), { tableName: 'shop' }) satisfies AsyncIterable<readonly StreamRecord[]>
// @ts-expect-error a table or a stream must be named
readStream(new DynamoDBStreamsClient({}), {})
// @ts-expect-error but not both
readStream(new DynamoDBStreamsClient({}), { tableName: 'shop', streamArn: 'arn' })
