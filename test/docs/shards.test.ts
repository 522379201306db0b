// What documentation says of shards: how an entity is spread, and which input tells the shard.
import { expect } from 'chai'
import { describeModel, renderMarkdown } from '../../lib/docs/index.ts'
import { createdAt, defineEntity, defineModel, defineTable, number, query, string } from '../../lib/index.ts'

const Event = defineEntity('Event', {
  attributes: { day: string(), device: string(), account: number({ integer: true }).readOnly(), made: createdAt() },
  key: { pk: 'E#{day}', sk: '{device}', shards: { count: 8, of: 'device' } },
  indexes: {
    GSI1: { pk: 'ALL', sk: '{made}', shards: { count: 4, from: 1, by: 'modulo', of: 'account' } },
    GSI2: {
      pk: 'ALL',
      sk: '{made}',
      shards: { by: 'random', count: [{ count: 2 }, { since: '2027-01-01T00:00:00Z', count: 6 }] },
    },
  },
})
const model = defineModel({
  table: defineTable({
    name: 'shards',
    partitionKey: 'PK',
    sortKey: 'SK',
    indexes: {
      GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
      GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK' },
    },
  }),
  entities: { Event },
  accessPatterns: { all: query(Event).index('GSI1'), ofDay: query(Event) },
})

describe('the documentation of shards', () => {
  const documentation = describeModel(model, { connectedAs: 'shop' })

  it('has how each key is spread, as data', () => {
    const [entity] = documentation.entities
    expect(entity?.key.shards).to.deep.equal({ by: 'hash', of: 'device', from: 0, count: 8 })
    expect(entity?.indexes.map(({ shards }) => shards)).to.deep.equal([
      { by: 'modulo', of: 'account', from: 1, count: 4 },
      {
        by: 'random',
        from: 0,
        count: 6,
        time: 'made',
        generations: [{ count: 2 }, { count: 6, since: new Date('2027-01-01T00:00:00Z') }],
      },
    ])
  })

  it('says it in the tables of keys and of patterns', () => {
    const page = renderMarkdown(documentation)
    for (const text of [
      '| all; spread over 8 shards, 0 to 7 by the hash of `device` |',
      '| all; spread over 4 shards, 1 to 4 by `account` modulo their number |',
      '| all; spread over 6 shards, 0 to 5 at random: by `made`, 2, 6 from 2027-01-01T00:00:00.000Z on |',
      '| 4, in parallel; 1 when account is given |',
      '`account?`, which tells the shard: ',
    ])
      expect(page.replaceAll('&#44;', ',')).to.include(text)
  })

  it('does not speak of spreading where there is one shard', () => {
    const Single = defineEntity('Single', {
      attributes: { id: string() },
      key: { pk: 'ONE', sk: '{id}', shards: { count: 1, from: 2 } },
    })
    const table = defineTable({ name: 'single', partitionKey: 'PK', sortKey: 'SK' })
    const single = defineModel({ table, entities: { Single }, accessPatterns: { one: query(Single) } })
    const page = renderMarkdown(describeModel(single, { connectedAs: 'shop' }))
    expect(page).to.include('; in one shard, 2 |').and.to.include('Written to one shard')
    expect(page).not.to.match(/1 shards/)
  })

  it('has an example call that asks all shards, and the requests that it sends', () => {
    const [all] = documentation.patterns
    expect(all?.example.input).to.deep.equal({ made: all?.example.input.made })
    expect(all?.example.requests).to.have.length(4)
  })
})
