import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { CreateTableCommand, type StreamViewType, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { expect } from 'chai'
import { connect, type Misfit, MisfitError } from '../../lib/index.ts'
import { startLocal } from '../../lib/local/index.ts'
import { createTableParams } from '../../lib/provision/create-table-params.ts'
import { changes } from '../../lib/streams/changes.ts'
import type { StreamRecord } from '../../lib/streams/stream-record.ts'
import { onEmbedded, startTestEngine, type TestEngine } from '../engine.ts'
import { allRecords, streamOf } from '../local/streams-access.ts'
import { shop, table } from './models.ts'

const placedAt = new Date('2026-01-02T03:04:05.678Z')
const key = { userId: 'u 1', placedAt }
const orderKeys = { PK: { S: 'USER#u$P1' }, SK: { S: `ORDER#${placedAt.toISOString()}` } }
const storedOrder = {
  ...orderKeys,
  _type: { S: 'Order' },
  userId: { S: 'u 1' },
  placedAt: { S: placedAt.toISOString() },
  status: { S: 'paid' },
  t: { N: '2' },
}
const order = { ...key, status: 'paid', total: 2 }

/** A record as Lambda gives it. */
const lambdaRecord = (
  eventName: string,
  images: { Keys?: object; NewImage?: object; OldImage?: object },
  more: object = {},
): StreamRecord => ({ eventName, dynamodb: { Keys: { ...orderKeys }, SequenceNumber: '7', ...images } as never, ...more })

/** What the application does, and the changes that come of it. */
async function recorded(view: StreamViewType, work: (app: ReturnType<typeof connected>) => Promise<unknown>) {
  await using engine = await startTestEngine()
  return await recordedBy(engine, view, work)
}

async function recordedBy(
  engine: TestEngine,
  view: StreamViewType,
  work: (app: ReturnType<typeof connected>) => Promise<unknown>,
) {
  const client = engine.client()
  await client.send(new CreateTableCommand({ ...createTableParams(table), ...streamOf(view) }))
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expires' }
  await client.send(new UpdateTimeToLiveCommand({ TableName: table.name, TimeToLiveSpecification }))
  await work(connected(client))
  return await allRecords(engine.streamsClient(), table.name)
}

const connected = (client: Parameters<typeof connect>[1]['client']) => connect(shop, { client }).entities

const orderHistory = (view: StreamViewType) =>
  recorded(view, async ({ Order }) => {
    await Order.create({ ...order, status: 'pending' })
    await Order.update(key, { status: 'paid', secret: 's' })
    await Order.delete(key)
  })

describe('changes', () => {
  it('tell what an application has done to its items', async () => {
    const records = await orderHistory('NEW_AND_OLD_IMAGES')
    const found = changes(shop, records)
    const numbers = records.map(({ dynamodb }) => dynamodb?.SequenceNumber)
    const pending = { ...order, status: 'pending' }
    const common = { entity: 'Order', key, expired: false }
    expect([...found]).to.deep.equal([
      {
        ...common,
        type: 'insert',
        new: pending,
        changed: ['userId', 'placedAt', 'status', 'total'],
        sequenceNumber: numbers[0],
      },
      {
        ...common,
        type: 'modify',
        old: pending,
        new: order,
        changed: ['status', 'secret'],
        sequenceNumber: numbers[1],
      },
      {
        ...common,
        type: 'remove',
        old: order,
        changed: ['userId', 'placedAt', 'status', 'total', 'secret'],
        sequenceNumber: numbers[2],
      },
    ])
    expect(found.misfits).to.deep.equal([])
  })

  const all = ['userId', 'placedAt', 'status', 'total', 'tags', 'address', 'secret']
  const views: [StreamViewType, string[][], (string[] | undefined)[]][] = [
    ['KEYS_ONLY', [[], [], []], [all, all, all]],
    ['NEW_IMAGE', [['new'], ['new'], []], [undefined, all, all]],
    ['OLD_IMAGE', [[], ['old'], ['old']], [all, all, undefined]],
  ]
  for (const [view, images, changed] of views) {
    it(`of a stream of ${view} have the key, and otherwise what it tells`, async () => {
      const found = changes(shop, await orderHistory(view))
      expect(found.map((change) => ['new', 'old'].filter((image) => image in change))).to.deep.equal(images)
      expect(found.map((change) => [change.entity, change.key])).to.deep.equal(Array(3).fill(['Order', key]))
      changed.forEach((names, at) => {
        if (names !== undefined) expect(found[at]?.changed).to.deep.equal(names)
        else expect(found[at]?.changed.length).to.be.lessThan(all.length)
      })
    })
  }

  it('compare by value: sets without order, numbers by what they are, maps deeply', () => {
    const record = (more: object, then: object) =>
      lambdaRecord('MODIFY', { OldImage: { ...storedOrder, ...more }, NewImage: { ...storedOrder, ...then } })
    const tags = (...SS: string[]) => ({ tags: { SS } })
    const address = (city: string) => ({ address: { M: { city: { S: city } } } })
    const found = changes(shop, [
      record({ ...tags('a', 'b'), t: { N: '10' } }, { ...tags('b', 'a'), t: { N: '1E+1' } }),
      record({ ...tags('a'), ...address('x') }, { ...tags('a', 'b'), ...address('y') }),
      record(address('x'), {}),
      record({ GSI1PK: { S: 'x' }, foreign: { S: 'x' } }, { GSI1PK: { S: 'y' } }),
    ])
    expect(found.map(({ changed }) => changed)).to.deep.equal([[], ['tags', 'address'], ['address'], []])
  })

  onEmbedded('a sweep on demand', 'tell expiry from deletion, as a stream has them', async () => {
    await using engine = await startLocal({ clock: new Date('2026-02-01') })
    const found = changes(
      shop,
      await recordedBy(engine, 'OLD_IMAGE', async ({ Session }) => {
        const expires = new Date('2026-01-31')
        for (const token of ['a', 'b']) await Session.put({ token, image: new Uint8Array([1]), expires })
        await Session.delete({ token: 'a' })
        await engine.expire()
      }),
    )
    const removed = found.filter(({ type }) => type === 'remove').map((change) => [change.key, change.expired])
    expect(removed).to.deep.equal([
      [{ token: 'a' }, false],
      [{ token: 'b' }, true],
    ])
  })

  it('tell expiry from deletion, as Lambda has them', () => {
    const byService = { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }
    expect(changes(shop, [lambdaRecord('REMOVE', {}, byService)])[0]?.expired).to.equal(true)
    const byUser = { userIdentity: { type: 'User', principalId: 'someone' } }
    expect(changes(shop, [lambdaRecord('REMOVE', {}, byUser)])[0]?.expired).to.equal(false)
  })

  it('read binary as bytes, from base64 text and from bytes, however deep', () => {
    const Keys = { PK: { S: 'SESSION#a' }, SK: { S: 'SESSION' } }
    const image = (B: unknown) => ({ ...Keys, token: { S: 'a' }, image: { B } })
    const bytes = new Uint8Array([0, 1, 255])
    const nested = { x: { L: [{ M: { y: { BS: ['AAH/'] } } }] } }
    const records = [image('AAH/'), image(bytes)].map((NewImage) =>
      lambdaRecord('INSERT', { Keys, NewImage: { ...NewImage, ...nested } }),
    )
    for (const change of changes(shop, records)) {
      expect(change.new).to.deep.equal({ token: 'a', image: bytes })
    }
    const [misfit] = changes(shop, [
      lambdaRecord('INSERT', { Keys, NewImage: { ...image('AAH/'), _type: { S: 'X' }, ...nested } }),
    ]).misfits
    expect(misfit?.stored).to.deep.include({ image: { B: bytes }, x: { L: [{ M: { y: { BS: [bytes] } } }] } })
  })

  it('keep an attribute named __proto__ as data', () => {
    const NewImage = JSON.parse(JSON.stringify({ ...storedOrder, _type: { S: 'X' } }).replace('{', '{"__proto__":{"S":"x"},'))
    const [misfit] = changes(shop, [lambdaRecord('INSERT', { NewImage })]).misfits
    expect(Object.keys(misfit?.stored ?? {})).to.include('__proto__')
  })

  describe('and what does not fit', () => {
    const good = lambdaRecord('INSERT', { NewImage: storedOrder })
    const broken = { ...storedOrder, t: { S: 'two' } }

    const unread: [string, StreamRecord, Partial<Misfit>][] = [
      ['a new image with a wrong type', lambdaRecord('INSERT', { NewImage: broken }), { entity: 'Order', path: 'total' }],
      [
        'a new image of an unknown entity',
        lambdaRecord('INSERT', { NewImage: { ...storedOrder, _type: { S: 'X' } } }),
        { path: '_type' },
      ],
      [
        'keys of no entity',
        lambdaRecord('REMOVE', { Keys: marshall({ PK: 'A', SK: 'B' }) }),
        { entity: undefined, path: '_type' },
      ],
      [
        'a key made by hand',
        lambdaRecord('INSERT', { Keys: marshall({ PK: 'A', SK: 'B' }), NewImage: storedOrder }),
        { entity: 'Order', path: 'PK' },
      ],
    ]
    for (const [what, record, expected] of unread) {
      it(`reports ${what}, and gives the others`, () => {
        const found = changes(shop, [good, record, good])
        expect(found).to.have.length(2)
        expect(found.misfits).to.have.length(1)
        expect(found.misfits[0]).to.include({ ...expected, sequenceNumber: '7' })
      })
    }

    const oldOnly: [string, object, Partial<Misfit>][] = [
      ['does not fit', broken, { entity: 'Order', path: 'total' }],
      ['was of another entity', { ...storedOrder, _type: { S: 'Session' } }, { entity: 'Order', path: '_type' }],
    ]
    for (const [what, OldImage, expected] of oldOnly) {
      it(`gives a change without the old image, when that ${what}, and reports it`, () => {
        const found = changes(shop, [lambdaRecord('MODIFY', { OldImage, NewImage: storedOrder })])
        expect(found).to.have.length(1)
        expect(found[0]).to.deep.include({ type: 'modify', new: order }).and.not.have.property('old')
        expect(found.misfits).to.have.length(1)
        expect(found.misfits[0]).to.include(expected)
      })
    }

    it('gives the removal of an item that does not fit, by its key', () => {
      const found = changes(shop, [lambdaRecord('REMOVE', { OldImage: broken })])
      expect(found[0]).to.deep.include({ type: 'remove', key }).and.not.have.property('old')
      expect(found.misfits).to.have.length(1)
    })

    it('is published, and given or thrown as is asked for', () => {
      const record = lambdaRecord('INSERT', { NewImage: broken })
      const heard: unknown[] = []
      const listener = (misfit: unknown) => heard.push(misfit)
      subscribe('singlet:misfit', listener)
      try {
        const given: Misfit[] = []
        const found = changes(shop, [record], { onMisfit: (misfit) => given.push(misfit) })
        expect(given).to.deep.equal(found.misfits)
        expect(heard).to.deep.equal(found.misfits)
        expect(() => changes(shop, [record], { onMisfit: 'throw' })).to.throw(MisfitError)
      } finally {
        unsubscribe('singlet:misfit', listener)
      }
    })

    const malformed: [string, StreamRecord][] = [
      ['nothing', {}],
      ['an unknown event', lambdaRecord('toString', {})],
      ['no keys', { eventName: 'INSERT', dynamodb: { SequenceNumber: '1' } }],
      ['no sequence number', { eventName: 'INSERT', dynamodb: { Keys: orderKeys } }],
    ]
    for (const [what, record] of malformed) {
      it(`is refused when it is no stream record: ${what}`, () => {
        expect(() => changes(shop, [record])).to.throw(TypeError, /no record of a DynamoDB stream/)
      })
    }
  })
})
