// A model with copies of every kind, the table it is in, and what its copies must be: worked out by hand, from the raw items alone.
import { type AttributeValue, DeleteItemCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import {
  connect,
  copyOf,
  createdAt,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  get,
  itemCollection,
  list,
  many,
  map,
  number,
  one,
  query,
  scan,
  string,
  version,
} from '../../lib/index.ts'
import { startTestEngine } from '../engine.ts'

const table = defineTable({
  name: 'people',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  timeToLive: 'ttl',
})

/** With a version and a unique value, and copies under a required, an optional and its own key. */
export const Person = defineEntity('Person', {
  attributes: {
    club: string(),
    id: string(),
    handle: string().storedAs('h'),
    nick: string().optional(),
    points: number({ min: 0, max: 9, integer: true }).default(0),
    about: map({ text: string(), mood: string().optional() }).optional(),
    marks: list(string()).default([]),
    secret: string().hidden().optional(),
    since: createdAt(),
    version: version(),
  },
  key: { pk: 'CLUB#{club}', sk: 'PERSON#{id}' },
  indexes: { GSI1: { pk: 'POINTS#{club}', sk: '{points}' } },
  unique: { nick: 'NICK#{nick}' },
})

/** By handle; in an index while the person has points. */
export const Card = copyOf(Person, 'Card', {
  attributes: ['handle', 'club', 'id', 'points', 'about', 'secret'],
  key: { pk: 'HANDLE#{handle}', sk: 'CARD' },
  indexes: { GSI1: { pk: 'CARDS', sk: '{points}#{handle}', when: { points: { gte: 5 } } } },
  description: 'What others see of a person.',
})
/** In one partition for all; only there while the person has a nick. */
export const Nick = copyOf(Person, 'Nick', {
  attributes: ['nick', 'marks', 'since', 'version'],
  key: { pk: 'NICKS', sk: 'BY#{nick}' },
  indexes: { GSI1: { pk: 'NICKS', sk: '{since}' } },
})
/** Beside the person itself. */
export const Score = copyOf(Person, 'Score', {
  attributes: ['club', 'id', 'points'],
  key: { pk: 'CLUB#{club}', sk: 'SCORE#{points}#{id}' },
})

/** Without a version, and with an expiry, which its copy shares though it does not list it. */
export const Invite = defineEntity('Invite', {
  attributes: { code: string(), slug: string().optional(), text: string().optional(), until: expiresAt().optional() },
  key: { pk: 'INVITE#{code}', sk: 'INVITE' },
})
export const Link = copyOf(Invite, 'Link', { attributes: ['slug', 'text'], key: { pk: 'LINK#{slug}', sk: 'LINK' } })

export const people = defineModel({
  table,
  // A copy may stand before its source.
  entities: { Card, Person, Nick, Score, Invite, Link },
  accessPatterns: {
    card: get(Card),
    link: get(Link),
    nicks: query(Nick),
    best: query(Card).index('GSI1').descending(),
    ranking: query(Score).descending(),
    club: itemCollection({ people: many(Person), scores: many(Score) }),
    linked: itemCollection({ link: one(Link) }),
    everybody: scan(Person),
    everyCard: scan(Card),
  },
})

export async function startPeople() {
  const engine = await startTestEngine()
  const client = engine.client()
  await createTable(people, client)
  const clock = { now: new Date('2026-06-01T12:00:00Z') }
  const { entities, patterns, transactWrite, batchWrite } = connect(people, { client, now: () => clock.now })
  return { engine, client, clock, patterns, transactWrite, batchWrite, ...entities }
}

export type Stored = Record<string, AttributeValue>

export async function rawItems(client: DynamoDBClient): Promise<Stored[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'people', ConsistentRead: true }))
  return Items
}

export async function deleteAll(client: DynamoDBClient): Promise<void> {
  for (const { PK, SK } of await rawItems(client))
    if (PK !== undefined && SK !== undefined) await client.send(new DeleteItemCommand({ TableName: 'people', Key: { PK, SK } }))
}

/** The copies and guards in the table, without those that have expired, which DynamoDB deletes at some time. */
export function companionsIn(items: readonly Stored[], now: Date): Record<string, Stored> {
  const types = ['Card', 'Nick', 'Score', 'Link', '#unique']
  return byKey(items.filter((item) => types.includes(item._type?.S ?? '') && !isPast(item, now)))
}

/** The copies and guards that there must be for the sources in the table, from the rule alone. */
export function companionsDue(items: readonly Stored[], now: Date): Record<string, Stored> {
  return byKey(items.filter((item) => !isPast(item, now)).flatMap(dueFor))
}

function dueFor({
  _type,
  PK,
  SK,
  club,
  id,
  h,
  nick,
  points,
  about,
  marks,
  secret,
  since,
  version,
  slug,
  text,
  ttl,
}: Stored): Stored[] {
  const key = { ...present({ PK, SK }) }
  const _source = { M: key }
  const copy = (type: string, pk: string, sk: string, content: Record<string, AttributeValue | undefined>): Stored => ({
    ...key,
    PK: { S: pk },
    SK: { S: sk },
    _type: { S: type },
    _source,
    ...present(content),
  })
  if (_type?.S === 'Invite')
    return slug?.S === undefined ? [] : [copy('Link', `LINK#${escaped(slug.S)}`, 'LINK', { slug, text, ttl })]
  if (_type?.S !== 'Person') return []
  const indexed = Number(points?.N) >= 5
  const handle = escaped(h?.S ?? '')
  const card = copy('Card', `HANDLE#${handle}`, 'CARD', {
    h,
    club,
    id,
    points,
    about,
    secret,
    GSI1PK: indexed ? { S: 'CARDS' } : undefined,
    GSI1SK: indexed ? { S: `${points?.N}#${handle}` } : undefined,
  })
  const score = copy('Score', PK?.S ?? '', `SCORE#${points?.N}#${escaped(id?.S ?? '')}`, { club, id, points })
  if (nick?.S === undefined) return [card, score]
  const guard = { S: `NICK#${escaped(nick.S)}` }
  const _unique = { M: { entity: { S: 'Person' }, constraint: { S: 'nick' }, owner: { M: key } } }
  const unique: Stored = { PK: guard, SK: guard, _type: { S: '#unique' }, _unique }
  return [
    card,
    score,
    unique,
    copy('Nick', 'NICKS', `BY#${escaped(nick.S)}`, { nick, marks, since, version, GSI1PK: { S: 'NICKS' }, GSI1SK: since }),
  ]
}

function escaped(text: string): string {
  return text.replaceAll('#', '$S')
}

function present(content: Record<string, AttributeValue | undefined>): Stored {
  return Object.fromEntries(Object.entries(content).filter((entry): entry is [string, AttributeValue] => entry[1] !== undefined))
}

function isPast({ ttl }: Stored, now: Date): boolean {
  return ttl?.N !== undefined && Number(ttl.N) * 1000 <= now.getTime()
}

/** A key that is there twice would show as one item less. */
function byKey(items: readonly Stored[]): Record<string, Stored> {
  const entries = items.map((item): [string, Stored] => [`${item.PK?.S} ${item.SK?.S}`, item])
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
