// Adjacency lists: one edge for each pair, between nodes that exist, counted by both, whoever links, unlinks and removes at once.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  type Attributes,
  connect,
  createTable,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  ItemExistsError,
  ItemNotFoundError,
  ModelError,
  number,
  string,
  TransactionCanceledError,
  transaction,
  ulid,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { adjacencyList, inOrder } from '../../patterns/adjacency-list.ts'
import { counter } from '../../patterns/aggregate-counter.ts'
import { nodeAttributes, nodeRemoval, nodeWrites, removeNode } from '../../patterns/graph-node.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({
  name: 'graph',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { Inverted: { partitionKey: 'SK', sortKey: 'PK' }, GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  timeToLive: 'expiresAt',
})
const Person = defineEntity('Person', {
  attributes: {
    personId: ulid(),
    name: string(),
    following: counter(),
    followers: counter(),
    friends: counter(),
    ...nodeAttributes(),
  },
  key: { pk: 'PERSON#{personId}', sk: 'PERSON' },
  onlyInTransactions: nodeWrites,
})
const Course = defineEntity('Course', {
  attributes: { number: number({ min: 0, max: 999, integer: true }), ...nodeAttributes() },
  key: { pk: 'COURSE#{number}', sk: 'COURSE' },
  onlyInTransactions: nodeWrites,
})
const follows = adjacencyList({
  name: 'Follow',
  from: { node: Person, as: 'follower', counter: 'following' },
  to: { node: Person, as: 'followee', counter: 'followers' },
  index: 'Inverted',
  attributes: { since: datetime().default('now'), note: string().optional() },
  indexes: { GSI1: { pk: 'FOLLOWERS#{followee}', sk: '{since}' } },
})
const friendships = adjacencyList({
  name: 'Friendship',
  from: { node: Person, as: 'a', counter: 'friends' },
  to: { node: Person, as: 'b', counter: 'friends' },
  index: 'Inverted',
  directed: false,
})
const enrolments = adjacencyList({
  name: 'Enrolment',
  from: { node: Person, as: 'studentId' },
  to: { node: Course, as: 'course' },
  index: 'Inverted',
})
const people = nodeRemoval(Person).accessPatterns
const model = defineModel({
  table,
  entities: { Person, Course, ...follows.entities, ...friendships.entities, ...enrolments.entities },
  accessPatterns: {
    ...follows.accessPatterns,
    befriend: friendships.accessPatterns.link,
    unfriend: friendships.accessPatterns.unlink,
    unfriendMany: friendships.accessPatterns.unlinkMany,
    friendsAfter: friendships.accessPatterns.outgoing,
    friendsBefore: friendships.accessPatterns.incoming,
    enrol: enrolments.accessPatterns.link,
    courses: enrolments.accessPatterns.outgoing,
    students: enrolments.accessPatterns.incoming,
    leave: enrolments.accessPatterns.unlink,
    leaveMany: enrolments.accessPatterns.unlinkMany,
    closePerson: people.close,
    dropPerson: people.drop,
    annotate: transaction(
      { Follow: follows.entities.Follow },
      { follower: string(), followee: string(), note: string() },
      (input, { Follow }) => {
        const { note, ...pair } = input
        return [Follow.update(pair, { note })]
      },
    ),
  },
})

describe('an adjacency list', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }) })
  let graph: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    graph = open()
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())

  let ids = 0
  /** Identifiers that no other test has. */
  const idOf = (name: string) => `01KEZ0G8M0${String(ids).padStart(8, '0')}AAAAAA${name.toUpperCase().padEnd(2, '0')}`
  const person = async (name: string) => (await graph.entities.Person.create({ personId: idOf(name), name })).personId
  beforeEach(() => ids++)

  const removePerson = (personId: string) =>
    removeNode(
      { personId },
      {
        close: graph.patterns.closePerson,
        drop: graph.patterns.dropPerson,
        edges: [
          {
            edge: follows.entities.Follow,
            at: () => [graph.patterns.outgoing({ follower: personId }), graph.patterns.incoming({ followee: personId })],
            unlinkMany: graph.patterns.unlinkMany,
          },
          {
            edge: friendships.entities.Friendship,
            at: () => [graph.patterns.friendsAfter({ a: personId }), graph.patterns.friendsBefore({ b: personId })],
            unlinkMany: graph.patterns.unfriendMany,
          },
          {
            edge: enrolments.entities.Enrolment,
            at: () => [graph.patterns.courses({ studentId: personId })],
            unlinkMany: graph.patterns.leaveMany,
          },
        ],
      },
    )
  /** The only reason why a transaction was refused. */
  const reasonOf = async (write: PromiseLike<unknown>) => {
    const error = await Promise.resolve(write).catch((error) => error)
    if (!(error instanceof TransactionCanceledError)) throw error
    return error.reasons.map((reason) => reason.error).filter((reason) => reason !== undefined)
  }

  it('is read from both ends, with what the edges say', async () => {
    const [ada, bob, eve] = [await person('a'), await person('b'), await person('e')]
    const since = new Date('2026-01-02')
    const [edge] = await graph.patterns.link({ follower: ada, followee: eve, since, note: 'met at work' })
    expect(edge).to.deep.equal({ follower: ada, followee: eve, since, note: 'met at work' })
    await graph.patterns.link({ follower: bob, followee: eve, since })
    await graph.patterns.link({ follower: eve, followee: ada, since })
    expect((await graph.patterns.outgoing({ follower: ada })).items).to.deep.equal([edge])
    expect((await graph.patterns.incoming({ followee: eve })).items.map(({ follower }) => follower)).to.deep.equal([ada, bob])
    expect(await graph.patterns.edge({ follower: ada, followee: eve })).to.deep.equal(edge)
    expect(await graph.patterns.edge({ follower: ada, followee: bob })).to.equal(undefined)
    expect(await graph.entities.Person.get({ personId: eve })).to.include({ following: 1, followers: 2, edgeCount: 3 })
  })

  it('keeps the edge that is there, with its attributes', async () => {
    const pair = { follower: await person('a'), followee: await person('b') }
    await graph.patterns.link({ ...pair, note: 'first' })
    expect((await reasonOf(graph.patterns.link({ ...pair, note: 'second' })))[0]).to.be.instanceOf(ItemExistsError)
    expect(await graph.patterns.edge(pair)).to.include({ note: 'first' })
    await graph.patterns.annotate({ ...pair, note: 'changed' })
    expect(await graph.patterns.edge(pair)).to.include({ note: 'changed' })
  })

  it('makes no edge to or from a node that is not there, or is being removed', async () => {
    const [ada, bob, nobody] = [await person('a'), await person('b'), idOf('x')]
    for (const pair of [
      { follower: ada, followee: nobody },
      { follower: nobody, followee: ada },
    ])
      expect((await reasonOf(graph.patterns.link(pair)))[0]).to.be.instanceOf(ItemNotFoundError)
    await graph.patterns.closePerson({ personId: bob })
    expect(await reasonOf(graph.patterns.link({ follower: ada, followee: bob }))).to.have.length(1)
    expect(await reasonOf(graph.patterns.link({ follower: bob, followee: ada }))).to.have.length(1)
    expect(await graph.entities.Person.get({ personId: ada })).to.include({ edgeCount: 0 })
  })

  it('counts an edge off once, however often it is removed', async () => {
    const [ada, bob, eve] = [await person('a'), await person('b'), await person('e')]
    await graph.patterns.link({ follower: ada, followee: bob })
    await graph.patterns.link({ follower: ada, followee: eve })
    await graph.patterns.unlink({ follower: ada, followee: bob })
    expect(await reasonOf(graph.patterns.unlink({ follower: ada, followee: bob }))).to.have.length.at.least(1)
    expect(await graph.entities.Person.get({ personId: ada })).to.include({ following: 1, edgeCount: 1 })
  })

  it('without a direction has one edge for a pair, whichever way round it is given', async () => {
    const [ada, bob, eve] = [await person('a'), await person('b'), await person('e')]
    const [edge] = await graph.patterns.befriend({ a: bob, b: ada })
    expect(edge).to.deep.equal({ a: ada, b: bob })
    expect((await reasonOf(graph.patterns.befriend({ a: ada, b: bob })))[0]).to.be.instanceOf(ItemExistsError)
    await graph.patterns.befriend({ a: bob, b: eve })
    const friends = [
      ...(await graph.patterns.friendsBefore({ b: bob }).all()).map(({ a }) => a),
      ...(await graph.patterns.friendsAfter({ a: bob }).all()).map(({ b }) => b),
    ]
    expect(friends).to.deep.equal([ada, eve])
    expect(inOrder(bob, ada)).to.deep.equal([ada, bob])
    await graph.patterns.unfriend({ a: bob, b: ada })
    expect(await graph.entities.Person.get({ personId: bob })).to.include({ friends: 1, edgeCount: 1 })
  })

  it('joins a node with itself, counted at both of its ends', async () => {
    const ada = await person('a')
    await graph.patterns.link({ follower: ada, followee: ada })
    expect(await graph.entities.Person.get({ personId: ada })).to.include({ following: 1, followers: 1, edgeCount: 2 })
    expect(await removePerson(ada)).to.equal(true)
    expect(await graph.entities.Person.get({ personId: ada })).to.equal(undefined)
  })

  it('joins nodes of two entities, known by numbers too', async () => {
    const ada = await person('a')
    await graph.entities.Course.create({ number: ids })
    await graph.patterns.enrol({ studentId: ada, course: ids })
    expect((await graph.patterns.students({ course: ids })).items).to.deep.equal([{ studentId: ada, course: ids }])
    await graph.patterns.leave({ studentId: ada, course: ids })
    expect(await graph.entities.Course.get({ number: ids })).to.include({ edgeCount: 0 })
  })

  it('explains its transactions with an edge between two nodes', () => {
    const { link, unlink, unlinkMany, befriend } = graph.patterns
    const kinds = [link, unlink, unlinkMany, befriend].map((pattern) => pattern.explain().operations.map(({ kind }) => kind))
    const [make, remove] = [
      ['create', 'update', 'update'],
      ['delete', 'update', 'update'],
    ]
    expect(kinds).to.deep.equal([make, remove, remove, make])
  })

  it('explains it so also for nodes that have numbers', () => {
    const Cell = defineEntity('Cell', {
      attributes: { number: number({ min: 0, max: 9, integer: true }).example(9), ...nodeAttributes() },
      key: { pk: 'CELL#{number}', sk: 'CELL' },
      onlyInTransactions: nodeWrites,
    })
    const bonds = adjacencyList({ name: 'Bond', from: { node: Cell, as: 'a' }, to: { node: Cell, as: 'b' }, index: 'Inverted' })
    const { link } = bonds.accessPatterns
    const cells = connect(defineModel({ table, entities: { Cell, ...bonds.entities }, accessPatterns: { link } }), {
      client: engine.client(),
    })
    const { example, operations } = cells.patterns.link.explain()
    expect(example).to.deep.equal({ a: 9, b: 8 })
    expect(operations).to.have.length(3)
  })

  it('leaves writes that would break it to its patterns', () => {
    const { Person, Follow } = graph.entities
    const pair = { follower: idOf('a'), followee: idOf('b') }
    expect(() => Follow.create(pair)).to.throw(ValidationError, 'link')
    expect(() => Follow.update(pair, { note: 'x' })).to.throw(ValidationError)
    expect(() => Follow.delete(pair)).to.throw(ValidationError, 'unlink')
    expect(() => Person.delete({ personId: idOf('a') })).to.throw(ValidationError, 'dropPerson')
    expect(() => Person.put({ personId: idOf('a'), name: 'Ada' })).to.throw(ValidationError)
    const forged: object[] = [{ edgeCount: 7 }, { removing: true }, { followers: 0 }]
    for (const attributes of forged) {
      expect(() => Person.create({ name: 'Ada', ...attributes })).to.throw(ValidationError, 'done only together')
      expect(() => Person.update({ personId: idOf('a') }, attributes)).to.throw(ValidationError, 'done only together')
    }
  })

  it('removes a node with all its edges, of all kinds and both ends', async () => {
    const ada = await person('a')
    const others = await Promise.all(Array.from({ length: 40 }, (_, n) => person(String(n).padStart(2, '0'))))
    await graph.entities.Course.create({ number: ids })
    await graph.patterns.enrol({ studentId: ada, course: ids })
    for (const [n, other] of others.entries()) {
      await graph.patterns.link({ follower: ada, followee: other })
      if (n % 2 === 0) await graph.patterns.link({ follower: other, followee: ada })
      if (n % 3 === 0) await graph.patterns.befriend({ a: ada, b: other })
    }
    expect(await removePerson(ada)).to.equal(true)
    expect(await graph.entities.Person.get({ personId: ada })).to.equal(undefined)
    for (const personId of others)
      expect(await graph.entities.Person.get({ personId })).to.include({ following: 0, followers: 0, friends: 0, edgeCount: 0 })
    expect(await graph.entities.Course.get({ number: ids })).to.include({ edgeCount: 0 })
    expect(await removePerson(ada)).to.equal(false)
  })

  it('does not delete a node while an edge is not yet seen in the index', async () => {
    const [ada, bob] = [await person('a'), await person('b')]
    await graph.patterns.link({ follower: bob, followee: ada })
    let looks = 0
    const removed = await removeNode(
      { personId: ada },
      {
        close: graph.patterns.closePerson,
        drop: graph.patterns.dropPerson,
        edges: [
          {
            edge: follows.entities.Follow,
            at: () => (++looks < 3 ? [] : [graph.patterns.incoming({ followee: ada })]),
            unlinkMany: graph.patterns.unlinkMany,
          },
        ],
      },
    )
    expect([removed, looks]).to.deep.equal([true, 3])
    expect(await graph.entities.Person.get({ personId: bob })).to.include({ following: 0, edgeCount: 0 })
  })

  it('removes what there is when the index still shows an edge that is gone', async () => {
    const [ada, bob, eve] = [await person('a'), await person('b'), await person('e')]
    await graph.patterns.link({ follower: bob, followee: ada })
    async function* seen() {
      yield { follower: eve, followee: ada }
      yield { follower: bob, followee: ada }
    }
    const { closePerson: close, dropPerson: drop, unlinkMany } = graph.patterns
    const edges = [{ edge: follows.entities.Follow, at: () => [seen()], unlinkMany }]
    expect(await removeNode({ personId: ada }, { close, drop, edges })).to.equal(true)
    expect(await graph.entities.Person.get({ personId: bob })).to.include({ following: 0, edgeCount: 0 })
  })

  it('has one edge for a pair, only between nodes that exist, counted by both, among many who write while requests fail', async () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd')
    const action = fc.record({
      kind: fc.constantFrom('link', 'link', 'link', 'unlink', 'befriend', 'befriend', 'unfriend', 'remove', 'create'),
      from: name,
      to: name,
    })
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(action, { minLength: 1, maxLength: 5 }), { maxLength: 5 }), async (rounds) => {
        ids++
        for (const name of ['a', 'b', 'c']) await person(name)
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.06, seed: ++runs })
        engine.faults.add({ kind: 'throttle', probability: 0.03, seed: runs })
        const removals: string[] = []
        const act = ({ kind, from, to }: { kind: string; from: string; to: string }): PromiseLike<unknown> => {
          const [one, other] = [idOf(from), idOf(to)]
          if (kind === 'link') return graph.patterns.link({ follower: one, followee: other })
          if (kind === 'unlink') return graph.patterns.unlink({ follower: one, followee: other })
          if (kind === 'befriend') return graph.patterns.befriend({ a: one, b: other })
          if (kind === 'unfriend') return graph.patterns.unfriend({ a: one, b: other })
          if (kind === 'create') return person(from)
          removals.push(one)
          return removePerson(one)
        }
        for (const actions of rounds) {
          await Promise.allSettled(actions.map(act))
          await checkGraph()
        }
        engine.faults.clear()
        // Removals that were begun are finished by being called again.
        for (const personId of new Set(removals)) {
          await removePerson(personId)
          expect(await graph.entities.Person.get({ personId })).to.equal(undefined)
        }
        await checkGraph()
      }),
      { numRuns: Math.ceil(propertyRuns / 60) },
    )
  })

  /** Compares nodes and edges as they are in the table, of this test alone. */
  async function checkGraph() {
    const mark = String(ids).padStart(8, '0')
    const nodes = new Map<string, Record<string, number>>()
    const edges: { type: string; from: string; to: string }[] = []
    const faultless = engine.client()
    for (let ExclusiveStartKey: Record<string, never> | undefined, first = true; first || ExclusiveStartKey; first = false) {
      const { Items = [], LastEvaluatedKey } = await faultless.send(new ScanCommand({ TableName: 'graph', ExclusiveStartKey }))
      ExclusiveStartKey = LastEvaluatedKey as typeof ExclusiveStartKey
      for (const item of Items) {
        const [pk = '', sk = '', type = ''] = [item.PK?.S, item.SK?.S, item._type?.S]
        if (!pk.includes(mark)) continue
        const id = pk.split('#')[1] ?? ''
        if (type !== 'Person') edges.push({ type, from: id, to: sk.split('#')[1] ?? '' })
        else
          nodes.set(
            id,
            Object.fromEntries(['following', 'followers', 'friends', 'edgeCount'].map((name) => [name, Number(item[name]?.N)])),
          )
      }
    }
    for (const { from, to } of edges) expect([nodes.has(from), nodes.has(to)], `${from} to ${to}`).to.deep.equal([true, true])
    for (const { type, from, to } of edges) if (type === 'Friendship') expect(from <= to).to.equal(true)
    for (const [id, counts] of nodes) {
      const ends = (type: string, end: 'from' | 'to') => edges.filter((edge) => edge.type === type && edge[end] === id).length
      const expected = {
        following: ends('Follow', 'from'),
        followers: ends('Follow', 'to'),
        friends: ends('Friendship', 'from') + ends('Friendship', 'to'),
      }
      const edgeCount = expected.following + expected.followers + expected.friends
      expect(counts).to.deep.equal({ ...expected, edgeCount })
    }
  }
})

describe('an adjacency list is refused', () => {
  const ends = { from: { node: Person, as: 'x' }, to: { node: Person, as: 'y' }, name: 'Edge', index: 'Inverted' } as const
  const nodeOf = (change: object) =>
    defineEntity('Node', {
      attributes: { nodeId: string(), ...nodeAttributes() },
      key: { pk: 'NODE#{nodeId}', sk: 'NODE' },
      onlyInTransactions: nodeWrites,
      ...change,
    }) as unknown as typeof Person
  const cases: readonly [string, () => unknown, string][] = [
    ['when a node can be deleted without its edges', () => nodeOf({ onlyInTransactions: ['put'] }), 'delete, move of a Node'],
    [
      'when a node does not count its edges',
      () => nodeOf({ attributes: { nodeId: string() } }),
      'has no edgeCount and no removing',
    ],
    ['when a node has two identifiers', () => nodeOf({ key: { pk: 'N#{nodeId}', sk: '{edgeCount}' } }), 'one text or number'],
    ['when a node has none', () => nodeOf({ key: { pk: 'N', sk: 'N' } }), 'one text or number'],
    ['when a node expires', () => nodeOf({ attributes: { nodeId: string(), ...nodeAttributes(), end: expiresAt() } }), 'expires'],
  ]
  for (const [name, node, message] of cases)
    it(name, () =>
      expect(() => adjacencyList({ ...ends, from: { node: node() as typeof Person, as: 'x' } })).to.throw(ModelError, message),
    )

  it('when its ends have one name', () =>
    expect(() => adjacencyList({ ...ends, to: { node: Person, as: 'x' } as never })).to.throw(ModelError, 'x names two'))
  it('when an attribute has the name of an end', () =>
    expect(() => adjacencyList({ ...ends, attributes: { y: string() } })).to.throw(ModelError, 'y names two'))
  it('when its edges expire', () => {
    for (const end of [expiresAt(), expiresAt().optional()])
      expect(() => adjacencyList({ ...ends, attributes: { end } })).to.throw(
        ModelError,
        'expires is deleted without being counted',
      )
  })

  const counts: readonly [string, Attributes[string], string][] = [
    ['is no attribute of the node', counter(), 'fans'],
    ['is written by others as well', number({ min: 0 }).default(0), 'counts'],
    ['is no number', string().default('0').onlyInTransactions(), 'counts'],
  ]
  for (const [name, attribute, named] of counts)
    it(`when a counter ${name}`, () => {
      const node = nodeOf({ attributes: { nodeId: string(), counts: attribute, ...nodeAttributes() } })
      const to = { node, as: 'y', counter: named as 'friends' } as const
      const message = `Node.attributes.${named}: it is no number that only transactions write`
      expect(() => adjacencyList({ ...ends, to })).to.throw(ModelError, message)
      expect(() => nodeRemoval(node, named as 'friends')).to.throw(ModelError, message)
    })
  it('without a direction between two entities', () =>
    expect(() => adjacencyList({ ...ends, to: { node: Course, as: 'y' }, directed: false })).to.throw(ModelError, 'one entity'))
})
