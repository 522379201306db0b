// A model with unique values, the table it is in, and what its guards say: for the tests of uniqueness and of move.
import { type AttributeValue, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import {
  connect,
  createdAt,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  map,
  number,
  query,
  scan,
  string,
  version,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine } from '../engine.ts'

const table = defineTable({
  name: 'members',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    Inverted: { partitionKey: 'SK', sortKey: 'PK' },
  },
  timeToLive: 'ttl',
})

/** With two constraints: a required value, and two optional ones together. */
export const Member = defineEntity('Member', {
  attributes: {
    club: string(),
    id: string(),
    email: string(),
    nation: string().optional().storedAs('n'),
    passport: number().optional(),
    points: number({ min: 0, max: 100 }).default(0),
    about: map({ text: string(), mood: string().optional() }).optional(),
    since: createdAt(),
    version: version(),
  },
  key: { pk: 'CLUB#{club}', sk: 'MEMBER#{id}' },
  indexes: { GSI1: { pk: 'POINTS#{club}', sk: '{points}' } },
  unique: { email: 'EMAIL#{email}', passport: 'PASSPORT#{nation}#{passport}' },
})

/** Without a version, and with an expiry. */
export const Invite = defineEntity('Invite', {
  attributes: { code: string(), slug: string().optional(), text: string().optional(), until: expiresAt().optional() },
  key: { pk: 'INVITE#{code}', sk: 'INVITE' },
  unique: { slug: 'INVITE_SLUG#{slug}' },
})

export const members = defineModel({
  table,
  entities: { Member, Invite },
  accessPatterns: { allMembers: scan(Member), everyInvite: scan(Invite), byPoints: query(Member).index('GSI1') },
})

export async function startMembers() {
  const engine = await startTestEngine()
  const client = engine.client()
  await createTable(members, client)
  const clock = { now: new Date('2026-06-01T12:00:00Z') }
  const { entities, patterns, transactWrite } = connect(members, { client, now: () => clock.now })
  return { engine, client, clock, patterns, transactWrite, ...entities }
}

type Stored = Record<string, AttributeValue>

export async function storedItems(client: DynamoDBClient): Promise<Stored[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'members', ConsistentRead: true }))
  return Items
}

/** The guards in the table, by key, with the key of their owner: as read by hand. */
export async function guardsIn(client: DynamoDBClient): Promise<Record<string, string>> {
  const guards = (await storedItems(client)).filter(({ _type }) => _type?.S === '#unique')
  return sorted(
    guards.map(({ PK, _unique }) => {
      const owner = _unique?.M?.owner?.M
      return [PK?.S ?? '', `${owner?.PK?.S} ${owner?.SK?.S}`]
    }),
  )
}

/** The guards that there must be for the items in the table, from the rule alone. */
export async function guardsDue(client: DynamoDBClient): Promise<Record<string, string>> {
  const due = (await storedItems(client)).flatMap(({ _type, PK, SK, email, n, passport, slug }): [string, string][] => {
    const owner = `${PK?.S} ${SK?.S}`
    if (_type?.S === 'Invite') return slug?.S === undefined ? [] : [[`INVITE_SLUG#${slug.S}`, owner]]
    if (_type?.S !== 'Member') return []
    const numbers = n?.S === undefined || passport?.N === undefined ? [] : [members.resolved.entities.Member?.unique[1]]
    return [
      [`EMAIL#${email?.S?.replace('#', '$S')}`, owner],
      ...numbers.map((unique): [string, string] => [
        String(unique?.codec.encode({ nation: n?.S, passport: Number(passport?.N) })),
        owner,
      ]),
    ]
  })
  return sorted(due)
}

function sorted(entries: [string, string][]): Record<string, string> {
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
