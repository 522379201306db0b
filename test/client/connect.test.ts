// connect: what it accepts, and that it sends nothing by itself.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import {
  type ConnectOptions,
  connect,
  defineEntity,
  defineModel,
  defineTable,
  query,
  string,
  ValidationError,
} from '../../lib/index.ts'

const table = defineTable({ name: 'connected', partitionKey: 'PK', sortKey: 'SK' })
const Note = defineEntity('Note', { attributes: { author: string(), id: string() }, key: { pk: 'A#{author}', sk: 'N#{id}' } })
const model = defineModel({ table, entities: { Note }, accessPatterns: { notes: query(Note) } })
const client = new DynamoDBClient({ region: 'us-east-1', endpoint: 'http://localhost:1' })

describe('connect', () => {
  const refused: [string, unknown][] = [
    ['client', {}],
    ['client', { client: undefined }],
    ['client', { client: {} }],
    ['cursorSecret', { client, cursorSecret: '' }],
    ['cursorSecret', { client, cursorSecret: 5 }],
  ]
  for (const [path, options] of refused) {
    it(`refuses the options ${JSON.stringify(options, (name, value) => (name === 'client' && value === client ? 'a client' : value))}`, () => {
      expect(() => connect(model, options as ConnectOptions))
        .to.throw(ValidationError)
        .with.property('path', path)
    })
  }

  for (const [name, either] of [
    ['a client', client],
    ['a document client', DynamoDBDocumentClient.from(client)],
  ] as const) {
    it(`takes ${name}, and sends nothing until an operation is awaited`, () => {
      const connected = connect(model, { client: either, tableName: 'connected-test' })
      const operation = connected.entities.Note.create({ author: 'a', id: '1' })
      expect(operation.params()).to.have.property('TableName', 'connected-test')
      expect(connected.patterns.notes({ author: 'a' }).params()).to.have.length(1)
    })
  }
})
