import {
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  ListTagsOfResourceCommand,
  type Tag,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { failureOf, tableInput, tableName } from './tables.ts'

describe('tags', () => {
  let engine: LocalEngine
  let client: DynamoDBClient
  beforeEach(async () => {
    engine = await startLocal()
    client = engine.client({ maxAttempts: 1 })
    await client.send(new CreateTableCommand({ ...tableInput, Tags: [{ Key: 'stage', Value: 'test' }] }))
  })
  afterEach(() => engine.close())

  const ResourceArn = `arn:aws:dynamodb:us-east-1:000000000000:table/${tableName}`
  const tag = (Tags: Tag[], arn = ResourceArn) => client.send(new TagResourceCommand({ ResourceArn: arn, Tags }))
  const list = async () => (await client.send(new ListTagsOfResourceCommand({ ResourceArn }))).Tags

  it('are given with the table, added, replaced and removed', async () => {
    await tag([
      { Key: 'stage', Value: 'live' },
      { Key: 'équipe', Value: '' },
    ])
    expect(await list()).to.have.deep.members([
      { Key: 'stage', Value: 'live' },
      { Key: 'équipe', Value: '' },
    ])
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['stage', 'unknown'] }))
    expect(await list()).to.deep.equal([{ Key: 'équipe', Value: '' }])
  })

  it('go with their table', async () => {
    await client.send(new DeleteTableCommand({ TableName: tableName }))
    await client.send(new CreateTableCommand(tableInput))
    expect(await list()).to.deep.equal([])
  })

  const Value = 'v'
  const refused: [string, Tag[], RegExp][] = [
    ['none', [], /Atleast one Tag/],
    [
      'one key twice',
      [
        { Key: 'a', Value },
        { Key: 'a', Value },
      ],
      /Duplicate/,
    ],
    ['an empty key', [{ Key: '', Value }], /length greater than or equal to 1/],
    ['a long key', [{ Key: 'k'.repeat(129), Value }], /length less than or equal to 128/],
    ['a long value', [{ Key: 'k', Value: 'v'.repeat(257) }], /length less than or equal to 256/],
    ['no value', [{ Key: 'k', Value: undefined }], /Member must not be null/],
    ["the service's own", [{ Key: 'aws:k', Value }], /must not start with aws:/],
    [
      'more than fifty, with those that are there',
      Array.from({ length: 50 }, (_, n) => ({ Key: `k${n}`, Value })),
      /Too many tags/,
    ],
  ]
  for (const [what, tags, message] of refused) {
    it(`refuse ${what}`, async () => {
      const failure = await failureOf(tag(tags))
      expect(failure.name).to.equal('ValidationException')
      expect(failure.message).to.match(message)
      expect(await list()).to.have.length(1)
    })
  }

  it('refuse a resource that is not there', async () => {
    const arn = `${ResourceArn}x`
    const requests = [
      tag([{ Key: 'k', Value }], arn),
      client.send(new UntagResourceCommand({ ResourceArn: arn, TagKeys: ['k'] })),
      client.send(new ListTagsOfResourceCommand({ ResourceArn: arn })),
    ]
    for (const request of requests) expect((await failureOf(request)).name).to.equal('ResourceNotFoundException')
  })
})
