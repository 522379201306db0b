// Types of unique values and of move, checked by the compiler alone.
import type { UniqueConstraintError } from '../../lib/index.ts'
import { connect, defineEntity, defineModel, defineTable, type Item, string } from '../../lib/index.ts'
import { type Equal, holds } from './equal.ts'

const table = defineTable({ name: 'users', partitionKey: 'PK' })
const attributes = { id: string(), email: string(), name: string().optional() }
const User = defineEntity('User', {
  attributes,
  key: { pk: 'USER#{id}' },
  unique: { email: 'EMAIL#{email}', name: 'NAME#{id}#{name}' },
})

export const wrong = defineEntity('User', {
  attributes,
  key: { pk: 'USER#{id}' },
  // @ts-expect-error {emial} is not an attribute
  unique: { email: 'EMAIL#{emial}' },
})

export async function uses(client: Parameters<typeof connect>[1]['client'], error: UniqueConstraintError) {
  const { entities, transactWrite } = connect(defineModel({ table, entities: { User } }), { client })
  const moved = await entities.User.move({ id: 'a' }, { id: 'b' }, { email: 'x' })
  holds<Equal<typeof moved, Item<typeof User>>>()
  const [result] = await transactWrite([entities.User.move({ id: 'a' }, { id: 'b' })])
  holds<Equal<typeof result, Item<typeof User>>>()
  // @ts-expect-error a key has the attributes of the primary key
  entities.User.move({ id: 'a' }, { email: 'b' })
  // @ts-expect-error the primary key is not among the changes
  entities.User.move({ id: 'a' }, { id: 'b' }, { id: 'c' })
  return error.owner?.id
}
