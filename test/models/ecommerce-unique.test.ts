// What the shop has once: e-mail addresses of customers, and SKUs of products.
import { expect } from 'chai'
import fc from 'fast-check'
import { datasetNow } from '../../entities/demo/random.ts'
import { makeDataset } from '../../entities/ecommerce/dataset.ts'
import { ecommerce } from '../../entities/ecommerce/index.ts'
import { connect, createTable, SingletError, UniqueConstraintError, ValidationError } from '../../lib/index.ts'
import { failureOf } from '../client/observed-requests.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'

const dataset = makeDataset({ customers: 5 })

/** A ULID of this number. */
const numbered = (n: number) => `01Q9${String(n).padStart(22, '0')}`

describe('ecommerce, what is unique in it', () => {
  let engine: TestEngine
  let tables = 0
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  async function emptyShop() {
    const client = engine.client()
    const tableName = `unique-${tables++}`
    await createTable(ecommerce, client, { tableName })
    return connect(ecommerce, { client, tableName, now: () => new Date(datasetNow.getTime()) })
  }

  const [customer, second] = dataset.Customer
  const [product] = dataset.Product
  if (customer === undefined || second === undefined || product === undefined) throw new Error('The data set is too small.')

  it('gives an e-mail address to one customer, and frees it when it is given up', async () => {
    const { entities, patterns } = await emptyShop()
    await entities.Customer.create(customer)
    const taken = { ...second, email: customer.email }
    const refused = await failureOf(() => entities.Customer.create(taken))
    expect(refused)
      .to.be.instanceOf(UniqueConstraintError)
      .and.deep.include({ constraint: 'email', owner: { customerId: customer.customerId } })
    expect(await entities.Customer.get({ customerId: second.customerId })).to.equal(undefined)
    await entities.Customer.update({ customerId: customer.customerId }, { email: 'new.address@example.com' })
    await entities.Customer.create(taken)
    expect(await patterns.customerByEmail({ email: customer.email })).to.include({ customerId: second.customerId })
  })

  it('cannot be got around by capitals', async () => {
    const { entities } = await emptyShop()
    await entities.Customer.create(customer)
    const shouted = { ...second, email: customer.email.toUpperCase() }
    expect(await failureOf(() => entities.Customer.create(shouted)))
      .to.be.instanceOf(ValidationError)
      .with.property('path', 'email')
    const whispered = { ...product, sku: product.sku.toLowerCase() }
    expect(await failureOf(() => entities.Product.create(whispered)))
      .to.be.instanceOf(ValidationError)
      .with.property('path', 'sku')
  })

  it('gives a SKU to one product', async () => {
    const { entities } = await emptyShop()
    await entities.Product.create(product)
    const refused = await failureOf(() => entities.Product.create({ ...product, productId: '01PTX9P4002D1W44V29V5RHG34' }))
    expect(refused).to.be.instanceOf(UniqueConstraintError).with.property('constraint', 'sku')
  })

  it('never lets two customers have one e-mail address, whoever registers, changes and leaves at once', async () => {
    const emails = ['ada@example.com', 'bo@example.com', 'cy@example.com']
    const who = fc.nat({ max: 3 })
    const email = fc.constantFrom(...emails)
    const change = fc.oneof(
      fc.record({ kind: fc.constantFrom('register' as const, 'change' as const), who, email }),
      fc.record({ kind: fc.constant('leave' as const), who }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(change, { minLength: 2, maxLength: 6 }), { minLength: 1, maxLength: 3 }),
        async (rounds) => {
          const { entities, patterns } = await emptyShop()
          const { Customer } = entities
          for (const round of rounds)
            await Promise.all(
              round.map(async (one) => {
                const key = { customerId: numbered(one.who) }
                try {
                  if (one.kind === 'leave') await Customer.delete(key)
                  else if (one.kind === 'register') await Customer.create({ ...customer, ...key, email: one.email })
                  else await Customer.update(key, { email: one.email })
                } catch (error) {
                  if (!(error instanceof SingletError)) throw error
                }
              }),
            )
          const customers = await patterns.customerExport({}).all()
          const taken = customers.map((customer) => customer.email)
          expect(new Set(taken).size, taken.join()).to.equal(taken.length)
          // What nobody has is free, and what somebody has is not.
          for (const [position, email] of emails.entries()) {
            const attempt = Customer.create({ ...customer, customerId: numbered(10 + position), email })
            const error = await attempt.then(
              () => undefined,
              (reason: unknown) => reason,
            )
            if (taken.includes(email)) expect(error).to.be.instanceOf(UniqueConstraintError)
            else expect(error).to.equal(undefined)
          }
        },
      ),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })
})
