// Changes of items whose entities take something from the connection that wrote them.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { changes, connect, createTable } from '../../lib/index.ts'
import { startLocal } from '../../lib/local/index.ts'
import { tenantModel } from '../client/tenant-model.ts'

const model = tenantModel()

describe('changes of what comes from the connection', () => {
  for (const view of ['NEW_AND_OLD_IMAGES', 'KEYS_ONLY'] as const)
    it(`lead to a connection for it, in a stream of ${view}`, async () => {
      const engine = await startLocal()
      try {
        const client = engine.client()
        await createTable(model, client)
        const shop = connect(model, { client, context: { tenantId: 'a#1' } })
        const { Item } = shop.entities.Project.create({ project: 'p', name: 'P' }).params() as {
          Item: Record<string, AttributeValue>
        }
        const own = await shop.entities.Project.create({ project: 'p', name: 'P' })
        const { PK, SK } = Item
        const images = view === 'KEYS_ONLY' ? {} : { NewImage: Item }
        const record = {
          eventName: 'INSERT' as const,
          dynamodb: { Keys: { PK, SK } as Record<string, AttributeValue>, SequenceNumber: '1', StreamViewType: view, ...images },
        }
        const [change] = changes(model, [record])
        if (change === undefined) return expect.fail('there is a change')
        expect(change.context).to.deep.equal({ tenantId: 'a#1' })
        expect(change.key).to.deep.equal({ project: 'p' })
        if (view !== 'KEYS_ONLY') expect(change.new).to.include({ tenantId: 'a#1' })
        if (change.entity !== 'Project') return expect.fail('it is of a project')
        const there = connect(model, { client, context: { tenantId: 'other' } }).with(change.context)
        expect(await there.entities.Project.get(change.key)).to.deep.equal(own)
        return undefined
      } finally {
        await engine.close()
      }
    })
})
