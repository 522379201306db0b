// Types of copies, checked by the compiler alone: what they hold, how they are read, and that they are not written.
import {
  connect,
  copyOf,
  defineEntity,
  defineModel,
  defineTable,
  get,
  type Item,
  number,
  query,
  string,
  transaction,
} from '../../lib/index.ts'
import { type Equal, holds } from './equal.ts'

const table = defineTable({
  name: 'users',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
})
const User = defineEntity('User', {
  attributes: { id: string(), handle: string(), age: number().optional(), secret: string().hidden() },
  key: { pk: 'USER#{id}', sk: 'PROFILE' },
})
const Card = copyOf(User, 'Card', {
  attributes: ['handle', 'age', 'secret'],
  key: { pk: 'HANDLE#{handle}', sk: 'CARD' },
  indexes: { GSI1: { pk: 'CARDS', sk: '{age}', when: { age: { gte: 18 } } } },
})

holds<Equal<Item<typeof Card>, { handle: string; age?: number }>>()

// @ts-expect-error 'nmae' is not an attribute of the source
copyOf(User, 'Wrong', { attributes: ['nmae'], key: { pk: 'X', sk: 'X' } })
// @ts-expect-error {id} is not copied
copyOf(User, 'Wrong', { attributes: ['handle'], key: { pk: 'X#{id}', sk: 'X' } })
// @ts-expect-error {id} is not copied
copyOf(User, 'Wrong', { attributes: ['handle'], key: { pk: 'X#{handle}', sk: 'X' }, indexes: { GSI1: { pk: '{id}', sk: 'X' } } })

const rename = transaction({ User, Card }, { id: string(), handle: string() }, ({ id, handle }, { User, Card }) => {
  // @ts-expect-error a copy is not written
  Card.update
  return [User.update({ id }, { handle }), Card.conditionCheck({ handle: 'x' }, { handle: 'x' })]
})

export async function uses(client: Parameters<typeof connect>[1]['client']) {
  const model = defineModel({
    table,
    entities: { User, Card },
    accessPatterns: { card: get(Card), adults: query(Card).index('GSI1'), rename },
  })
  const { entities, patterns } = connect(model, { client })
  const card = await patterns.card({ handle: 'x' })
  holds<Equal<typeof card, { handle: string; age?: number } | undefined>>()
  const [adult] = await patterns.adults({ age: { gte: 20 } }).all()
  holds<Equal<typeof adult, { handle: string; age?: number } | undefined>>()
  const read = await entities.Card.get({ handle: 'x' }, { select: ['secret'] })
  // @ts-expect-error a copy is not written
  entities.Card.create({ handle: 'x' })
  // @ts-expect-error a copy is not written
  entities.Card.put
  // @ts-expect-error a copy is not written
  entities.Card.delete
  // @ts-expect-error a copy is not written
  entities.Card.move
  await entities.User.create({ id: '1', handle: 'x', secret: 's' })
  return read
}
