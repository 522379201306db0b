// Types of the patterns of records and life cycles, checked by the compiler alone.
import {
  connect,
  type connect as connectModel,
  defineEntity,
  defineModel,
  defineTable,
  number,
  string,
  ulid,
} from '../../lib/index.ts'
import {
  createIfAbsent,
  largeItem,
  largeItems,
  type Read,
  revokeSessions,
  session,
  singleton,
  tenantIsolation,
  uniqueValue,
  useSession,
  verticalPartitioning,
} from '../../patterns/index.ts'
import { type Equal, holds } from './equal.ts'

type Client = Parameters<typeof connectModel>[1]['client']
const table = defineTable({
  name: 'records',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  timeToLive: 'expiresAt',
})

export async function parts(client: Client) {
  const documents = verticalPartitioning({
    name: 'Document',
    key: { documentId: ulid() },
    parts: {
      head: { attributes: { title: string() }, indexes: { GSI1: { pk: 'TITLES', sk: '{title}' } } },
      stats: { attributes: { views: number().default(0) } },
    },
  })
  const { entities, patterns } = connect(defineModel({ table, ...documents }), { client })
  const { head, stats } = await patterns.document({ documentId: 'd' })
  holds<Equal<typeof head, { documentId: string; title: string } | undefined>>()
  holds<Equal<typeof stats, { documentId: string; views: number } | undefined>>()
  await patterns.createDocument({ title: 'Tea' })
  // @ts-expect-error what the parts require is required
  await patterns.createDocument({ views: 1 })
  // @ts-expect-error a document is deleted by its key
  await patterns.deleteDocument({})
  // @ts-expect-error a part is updated by the record's key
  await entities.DocumentStats.update({}, { views: 1 })
  // @ts-expect-error views are in another part
  await entities.DocumentHead.update({ documentId: 'd' }, { views: 1 })
}

export async function large(client: Client) {
  const files = largeItem({
    name: 'File',
    key: { path: string() },
    attributes: { type: string().default('text') },
    index: 'GSI1',
  })
  const shop = connect(defineModel({ table, ...files }), { client })
  const contents = largeItems(shop, files)
  const file = await contents.write({ path: 'a' }, new Uint8Array())
  holds<Equal<typeof file, { path: string; type: string; generation: string; chunks: number; bytes: number; checksum: string }>>()
  const read = await contents.read({ path: 'a' })
  holds<Equal<typeof read, Read<typeof file, Uint8Array> | undefined>>()
  // @ts-expect-error the generation is not the caller's to choose
  await contents.write({ path: 'a', generation: 'g' }, new Uint8Array())
  // @ts-expect-error an item is read by its key
  await contents.read({ type: 'text' })
  // @ts-expect-error the model has no such large item
  largeItems(connect(defineModel({ table, entities: {} }), { client }), files)
}

export async function one(client: Client) {
  const settings = singleton({ name: 'Settings', attributes: { theme: string().default('light') } })
  const { entities, patterns } = connect(defineModel({ table, ...settings }), { client })
  const made = await createIfAbsent(entities.Settings, {})
  holds<Equal<typeof made, { theme: string }>>()
  const read = await patterns.settings({})
  holds<Equal<typeof read, { theme: string } | undefined>>()
  // @ts-expect-error a theme is text
  await createIfAbsent(entities.Settings, { theme: 1 })
  // @ts-expect-error there is no such setting
  await entities.Settings.update({}, { colour: 'red' })
}

export async function unique(client: Client) {
  const email = uniqueValue({ entity: 'User', attribute: 'email' })
  const User = defineEntity('User', {
    attributes: { userId: string(), ...email.attributes },
    key: { pk: 'USER#{userId}', sk: 'USER' },
    unique: { ...email.unique },
  })
  const { entities } = connect(defineModel({ table, entities: { User } }), { client })
  const user = await entities.User.create({ userId: 'a', email: 'a' })
  holds<Equal<typeof user, { userId: string; email: string }>>()
  defineEntity('Account', {
    attributes: { userId: string() },
    key: { pk: 'ACCOUNT#{userId}', sk: 'ACCOUNT' },
    // @ts-expect-error the entity has no e-mail address
    unique: { ...email.unique },
  })
}

export async function signIn(client: Client) {
  const sessions = session({ name: 'Login', attributes: { device: string() } })
  const { entities, patterns } = connect(defineModel({ table, ...sessions }), { client })
  const made = await entities.Login.create({ userId: 'a', device: 'phone' })
  holds<Equal<typeof made.device, string>>()
  const current = await useSession(entities.Login, made)
  holds<Equal<typeof current, typeof made | undefined>>()
  const ended = await revokeSessions(entities.Login, patterns.loginsOfUser, 'a')
  holds<Equal<typeof ended, number>>()
  // @ts-expect-error a session belongs to somebody
  await entities.Login.create({ device: 'phone' })
}

export async function tenants(client: Client) {
  const sessions = session()
  const isolated = tenantIsolation({ tenant: 'tenantId', ...sessions })
  const model = defineModel({
    table: defineTable({ name: 't', partitionKey: 'PK', sortKey: 'SK', tenant: 'tenantId' }),
    ...isolated,
  })
  // @ts-expect-error a connection is one tenant's
  connect(model, { client })
  const { entities, patterns } = connect(model, { client, context: { tenantId: 'acme' } })
  const made = await entities.Session.create({ userId: 'a' })
  holds<Equal<keyof typeof made, 'userId' | 'sessionId' | 'startedAt' | 'endsAt' | 'expiresAt'>>()
  await patterns.sessionsOfUser({ userId: 'a' })
  // @ts-expect-error the tenant is in no input
  await entities.Session.create({ userId: 'a', tenantId: 'globex' })
}
