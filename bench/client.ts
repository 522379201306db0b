// What a client costs per call, without a network: the SDK's document client, Singlet, ElectroDB and DynamoDB-Toolbox in one run.
import { type AttributeValue, GetItemCommand, QueryCommand as LowLevelQuery } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import {
  item,
  list,
  map,
  Entity as ToolboxEntity,
  Table as ToolboxTable,
  number as toolboxNumber,
  string as toolboxString,
} from 'dynamodb-toolbox'
import { GetItemCommand as ToolboxGet } from 'dynamodb-toolbox/entity/actions/get'
import { PutItemCommand as ToolboxPut } from 'dynamodb-toolbox/entity/actions/put'
import { QueryCommand as ToolboxQuery } from 'dynamodb-toolbox/table/actions/query'
import { Entity as ElectroEntity } from 'electrodb'
import {
  connect,
  defineEntity,
  defineModel,
  defineTable,
  number,
  query,
  list as singletList,
  map as singletMap,
  string,
} from '../lib/index.ts'
import { compare } from './compare.ts'
import { stubClient } from './stub-client.ts'

const line = { sku: 'SKU-0001', quantity: 2, price: 19.5 }
const order = {
  customerId: 'c-1',
  orderId: 'o-1',
  status: 'paid',
  total: 39,
  currency: 'EUR',
  note: 'n'.repeat(200),
  city: 'Bern',
  lines: [line, line],
}

const storedLine: AttributeValue = { M: { sku: { S: line.sku }, quantity: { N: '2' }, price: { N: '19.5' } } }
const stored = (id: number) => ({
  PK: { S: 'CUSTOMER#c-1' },
  SK: { S: `ORDER#o-${id}` },
  _type: { S: 'Order' },
  _et: { S: 'Order' },
  __edb_e__: { S: 'Order' },
  __edb_v__: { S: '1' },
  customerId: { S: 'c-1' },
  orderId: { S: `o-${id}` },
  status: { S: 'paid' },
  total: { N: '39' },
  currency: { S: 'EUR' },
  note: { S: order.note },
  city: { S: 'Bern' },
  lines: { L: [storedLine, storedLine] },
})
const client = stubClient({
  GetItem: { Item: stored(1) },
  PutItem: {},
  Query: { Items: Array.from({ length: 50 }, (_, id) => stored(id)), Count: 50 },
})
const documents = DynamoDBDocumentClient.from(client)

const Order = defineEntity('Order', {
  attributes: {
    customerId: string(),
    orderId: string(),
    status: string(),
    total: number(),
    currency: string(),
    note: string(),
    city: string(),
    lines: singletList(singletMap({ sku: string(), quantity: number(), price: number() })),
  },
  key: { pk: 'CUSTOMER#{customerId}', sk: 'ORDER#{orderId}' },
})
const table = defineTable({ name: 'bench', partitionKey: 'PK', sortKey: 'SK' })
const singlet = connect(defineModel({ table, entities: { Order }, accessPatterns: { orders: query(Order) } }), { client })

const electro = new ElectroEntity(
  {
    model: { entity: 'Order', version: '1', service: 'bench' },
    attributes: {
      customerId: { type: 'string', required: true },
      orderId: { type: 'string', required: true },
      status: { type: 'string' },
      total: { type: 'number' },
      currency: { type: 'string' },
      note: { type: 'string' },
      city: { type: 'string' },
      lines: {
        type: 'list',
        items: { type: 'map', properties: { sku: { type: 'string' }, quantity: { type: 'number' }, price: { type: 'number' } } },
      },
    },
    indexes: { primary: { pk: { field: 'PK', composite: ['customerId'] }, sk: { field: 'SK', composite: ['orderId'] } } },
  },
  { client: documents, table: 'bench' },
)

const toolboxTable = new ToolboxTable({
  name: 'bench',
  partitionKey: { name: 'PK', type: 'string' },
  sortKey: { name: 'SK', type: 'string' },
  documentClient: documents,
})
const toolbox = new ToolboxEntity({
  name: 'Order',
  table: toolboxTable,
  schema: item({
    customerId: toolboxString().key(),
    orderId: toolboxString().key(),
    status: toolboxString(),
    total: toolboxNumber(),
    currency: toolboxString(),
    note: toolboxString(),
    city: toolboxString(),
    lines: list(map({ sku: toolboxString(), quantity: toolboxNumber(), price: toolboxNumber() })),
  }),
  computeKey: ({ customerId, orderId }) => ({ PK: `CUSTOMER#${customerId}`, SK: `ORDER#${orderId}` }),
  timestamps: false,
})

const key = { customerId: 'c-1', orderId: 'o-1' }
const rawKey = { PK: 'CUSTOMER#c-1', SK: 'ORDER#o-1' }
const condition = { TableName: 'bench', KeyConditionExpression: 'PK = :pk AND begins_with(SK, :sk)' }

await compare(
  'get one item',
  [
    { name: 'SDK document client', run: () => documents.send(new GetCommand({ TableName: 'bench', Key: rawKey })) },
    {
      name: 'SDK low-level client',
      run: () => client.send(new GetItemCommand({ TableName: 'bench', Key: { PK: { S: 'a' }, SK: { S: 'b' } } })),
    },
    { name: 'Singlet', run: async () => singlet.entities.Order.get(key) },
    { name: 'ElectroDB', run: () => electro.get(key).go() },
    { name: 'DynamoDB-Toolbox', run: () => toolbox.build(ToolboxGet).key(key).send() },
  ],
  400,
)
await compare(
  'put one item',
  [
    {
      name: 'SDK document client',
      run: () => documents.send(new PutCommand({ TableName: 'bench', Item: { ...rawKey, ...order } })),
    },
    { name: 'Singlet', run: async () => singlet.entities.Order.put(order) },
    { name: 'ElectroDB', run: () => electro.put(order).go() },
    { name: 'DynamoDB-Toolbox', run: () => toolbox.build(ToolboxPut).item(order).send() },
  ],
  400,
)
await compare(
  'query, 50 items of 1/2 KB',
  [
    {
      name: 'SDK document client',
      run: () =>
        documents.send(new QueryCommand({ ...condition, ExpressionAttributeValues: { ':pk': rawKey.PK, ':sk': 'ORDER#' } })),
    },
    {
      name: 'SDK low-level client',
      run: () =>
        client.send(
          new LowLevelQuery({ ...condition, ExpressionAttributeValues: { ':pk': { S: rawKey.PK }, ':sk': { S: 'ORDER#' } } }),
        ),
    },
    { name: 'Singlet', run: async () => singlet.patterns.orders({ customerId: 'c-1' }, { limit: 50 }) },
    { name: 'ElectroDB', run: () => electro.query.primary({ customerId: 'c-1' }).go() },
    {
      name: 'DynamoDB-Toolbox',
      run: () =>
        toolboxTable
          .build(ToolboxQuery)
          .query({ partition: rawKey.PK, range: { beginsWith: 'ORDER#' } })
          .entities(toolbox)
          .send(),
    },
  ],
  60,
)
client.destroy()
