// Documentation of a model whose entities take something from the connection.
import { expect } from 'chai'
import { collectSamples, describeModel, renderMarkdown } from '../../lib/docs/index.ts'
import { createTable } from '../../lib/index.ts'
import { startLocal } from '../../lib/local/index.ts'
import { tenantModel } from '../client/tenant-model.ts'

const model = tenantModel()
const documentation = describeModel(model, { connectedAs: 'shop' })

describe('the documentation of a model with a tenant', () => {
  it('says of the attribute that it comes from the connection', () => {
    const [project] = documentation.entities
    const attribute = project?.attributes.find(({ path }) => path === 'tenantId')
    expect(attribute).to.include({ presence: 'context', type: 'string', storedType: 'S' })
    expect(renderMarkdown(documentation)).to.match(/`tenantId` \| string \| from the connection \|/)
    expect(renderMarkdown(documentation)).to.contain('Tenant')
  })

  it('has it in no input and in no example of one', () => {
    for (const { name, inputs, example } of [...documentation.patterns, ...documentation.transactions]) {
      expect(JSON.stringify(inputs), name).not.to.contain('tenantId')
      expect(example.input, name).not.to.have.property('tenantId')
      expect(example.code, name).not.to.contain('tenantId')
    }
    for (const { example } of documentation.entities) {
      expect(example.input).not.to.have.property('tenantId')
      expect(example.values).to.have.property('tenantId', 'tenantId-1')
    }
  })

  it('has it in the requests', () => {
    const [first] = documentation.patterns.find(({ name }) => name === 'tasks')?.example.requests ?? []
    expect(JSON.stringify(first)).to.contain('T#tenantId-1#P#project-1')
  })

  it('can be tried: every pattern answers its example call', async () => {
    const engine = await startLocal({ clock: documentation.now })
    try {
      await createTable(model, engine.client())
      const samples = await collectSamples(model, { client: engine.client(), documentation })
      expect(samples.get('task')).to.include({ tenantId: 'tenantId-1', taskId: 'taskId-1' })
    } finally {
      await engine.close()
    }
  })
})
