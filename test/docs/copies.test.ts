// Copies in the documentation: whose they are, when there is one, and what the patterns that read them answer.
import { expect } from 'chai'
import { renderMarkdown } from '../../lib/docs/index.ts'
import {
  connect,
  copyOf,
  defineEntity,
  defineModel,
  defineTable,
  get,
  number,
  query,
  string,
  transaction,
  version,
} from '../../lib/index.ts'
import { startLocal } from '../../lib/local/index.ts'
import { documented } from './shop.ts'

const table = defineTable({ name: 'users', partitionKey: 'PK', sortKey: 'SK' })
const User = defineEntity('User', {
  attributes: {
    id: string().example('1'),
    handle: string().example('ada'),
    team: string().optional().example('ops'),
    score: number().default(0),
    version: version(),
  },
  key: { pk: 'USER#{id}', sk: 'USER' },
  unique: { handle: 'H#{handle}' },
})
const Card = copyOf(User, 'Card', {
  attributes: ['handle', 'id'],
  key: { pk: 'CARD#{handle}', sk: 'CARD' },
  description: 'Public.',
})
const Mate = copyOf(User, 'Mate', { attributes: ['team', 'id', 'version'], key: { pk: 'TEAM#{team}', sk: '{id}' } })
const scoreUp = transaction({ User }, { id: string() }, ({ id }, { User }) => [User.update({ id }, { score: 1 })])
const moveUp = transaction({ User }, { id: string(), to: string() }, ({ id, to }, { User }) => [User.move({ id }, { id: to })])
const model = defineModel({
  table,
  // A copy may stand before its source.
  entities: { Card, User, Mate },
  accessPatterns: { card: get(Card), mates: query(Mate), scoreUp, moveUp },
})

describe('the documentation of copies', () => {
  it('says whose copies they are, and which copies an entity has', async () => {
    const { documentation, samples } = await documented(model)
    const page = renderMarkdown(documentation, { samples })
    expect(page).to.include('Public. A copy of User. |')
    expect(page).to.include(
      'A copy of [User](#entity-User), whose key it has in `_source`. It is written with it in one transaction',
    )
    expect(page).to.include('Each write writes its copies with it: [Card](#entity-Card), [Mate](#entity-Mate).')
    expect(page).to.match(/the table \| `PK` \| `TEAM#\{team\}` \| `TEAM#ops` \| only while team exists \|/)
  })

  it('has what the patterns that read them answer for the example of their source', async () => {
    const { samples } = await documented(model)
    expect(samples.get('card')).to.deep.equal({ handle: 'ada', id: '1' })
    expect(samples.get('mates')).to.deep.include({ items: [{ team: 'ops', id: '1', version: 1 }] })
  })

  it('counts them among the actions of a transaction', async () => {
    const engine = await startLocal()
    const { patterns } = connect(model, { client: engine.client() })
    await engine.close()
    const up = patterns.scoreUp.explain()
    expect([up.operations[0]?.copies, up.operations[0]?.guards, up.estimate]).to.deep.equal([
      ['Mate'],
      [],
      { actions: 2, writeUnits: 4 },
    ])
    expect(String(up)).to.include('with the copy Mate').and.include('Copies of User are written along')
    const { operations, estimate } = patterns.moveUp.explain()
    expect([operations[0]?.copies, operations[0]?.guards, estimate.actions]).to.deep.equal([['Card', 'Mate'], ['handle'], 6])
  })
})
