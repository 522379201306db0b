// The keys of the patterns begin with the name that the user gave, in capitals with underscores between its words: as text and as a type.
import { expect } from 'chai'
import fc from 'fast-check'
import { datetime, defineEntity, number, string, ulid } from '../../lib/index.ts'
import {
  adjacencyList,
  idempotencyGuard,
  leaderboard,
  nodeAttributes,
  nodeWrites,
  queue,
  shardedCounter,
  sparseIndex,
  timeSeries,
  typeList,
  verticalPartitioning,
} from '../../patterns/index.ts'
import { type KeyPrefix, keyUnder } from '../../patterns/key-prefix.ts'
import { propertyRuns } from '../property-runs.ts'
import { type Equal, holds } from '../types/equal.ts'

holds<Equal<KeyPrefix<'Order'>, 'ORDER'>>()
holds<Equal<KeyPrefix<'OrderLine'>, 'ORDER_LINE'>>()
holds<Equal<KeyPrefix<'FanOutOnRead'>, 'FAN_OUT_ON_READ'>>()
holds<Equal<KeyPrefix<'top10Players'>, 'TOP10_PLAYERS'>>()
holds<Equal<KeyPrefix<'HTTPRequest'>, 'HTTPREQUEST'>>()
holds<Equal<KeyPrefix<'order_Line'>, 'ORDER_LINE'>>()
holds<Equal<KeyPrefix<string>, string>>()

describe('the keys of patterns', () => {
  it('begin with the words of a name, which only a capital after a small letter or digit parts', () => {
    for (const [name, prefix] of [
      ['Order', 'ORDER'],
      ['OrderLine', 'ORDER_LINE'],
      ['FanOutOnRead', 'FAN_OUT_ON_READ'],
      ['top10Players', 'TOP10_PLAYERS'],
      ['HTTPRequest', 'HTTPREQUEST'],
      ['order_Line', 'ORDER_LINE'],
    ] as const)
      expect(keyUnder(name, '#{id}')).to.equal(`${prefix}#{id}`)
  })

  it('say nothing but the name', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z][A-Za-z0-9]*$/), (name) => {
        expect(keyUnder(name, '').replaceAll('_', '').toLowerCase()).to.equal(name.toLowerCase())
      }),
      { numRuns: propertyRuns },
    )
  })

  it('are made in the same way by every pattern', () => {
    const User = defineEntity('User', {
      attributes: { userId: string(), ...nodeAttributes() },
      key: { pk: 'USER#{userId}', sk: 'USER' },
      onlyInTransactions: nodeWrites,
    })
    const { HighScore } = leaderboard({ name: 'HighScore', index: 'GSI1' }).entities
    const { BuildJob } = queue({ name: 'BuildJob', index: 'GSI1', payload: string() }).entities
    const ends = { from: { node: User, as: 'aId' }, to: { node: User, as: 'bId' } } as const
    const { CloseFriend } = adjacencyList({ name: 'CloseFriend', ...ends, index: 'Inverted' }).entities
    const { DoorEvent } = timeSeries({
      name: 'DoorEvent',
      attributes: { door: string(), at: datetime() },
      of: 'door',
      at: 'at',
      period: 'day',
    }).entities
    const { PayRequest } = idempotencyGuard({ name: 'PayRequest' }).entities
    const { PageViews } = shardedCounter({ name: 'PageViews', shards: 2 }).entities
    const parts = { mainText: { attributes: { text: string() } }, stats: { attributes: { reads: number() } } }
    const { WikiPageMainText } = verticalPartitioning({ name: 'WikiPage', key: { id: ulid() }, parts }).entities
    const Line = defineEntity('OrderLine', {
      attributes: { id: string(), at: datetime() },
      key: { pk: 'LINE#{id}', sk: 'LINE' },
      indexes: {
        ...typeList({ index: 'GSI1', name: 'OrderLine', by: 'at', shards: { count: 1 } }),
        ...sparseIndex({ index: 'GSI2', name: 'OpenLines', by: 'at', when: { id: 'a' } }),
      },
    })
    holds<Equal<(typeof HighScore)['key']['pk'], 'HIGH_SCORE#{player}'>>()
    holds<Equal<(typeof DoorEvent)['key']['pk'], 'DOOR_EVENT#{door}#{at:day}'>>()
    holds<Equal<(typeof CloseFriend)['key']['sk'], 'CLOSE_FRIEND#{bId}'>>()
    holds<Equal<(typeof Line)['indexes']['GSI1']['pk'], 'ENTITY#ORDER_LINE'>>()
    const keys = [HighScore, DoorEvent, BuildJob, PayRequest, PageViews, WikiPageMainText].map(({ key }) => key.pk)
    expect(keys).to.deep.equal([
      'HIGH_SCORE#{player}',
      'DOOR_EVENT#{door}#{at:day}',
      'BUILD_JOB#{jobId}',
      'PAY_REQUEST#{requestId}',
      'PAGE_VIEWS#{counter}',
      'WIKI_PAGE#{id}',
    ])
    expect(CloseFriend.key.sk).to.equal('CLOSE_FRIEND#{bId}')
    expect(WikiPageMainText.key.sk).to.equal('WIKI_PAGE#MAIN_TEXT')
    expect(BuildJob.indexes.GSI1.pk).to.equal('BUILD_JOB_QUEUE#{state}#{priority}')
    expect([Line.indexes.GSI1.pk, Line.indexes.GSI2.pk]).to.deep.equal(['ENTITY#ORDER_LINE', 'OPEN_LINES'])
  })
})
