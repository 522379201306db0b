// What the types cost the compiler, counted in instantiations: a count that is the same on every machine, and no time.
import { expect } from 'chai'
import { type Consumer, makeConsumer } from './consumer.ts'
import { largeModel } from './large-model.ts'

describe('the types of an application of 50 entities, 150 patterns and 200 calls', () => {
  let consumer: Consumer
  before(() => {
    consumer = makeConsumer()
  })
  after(() => consumer.remove())

  /** Bounds are a few per cent above what was measured; lower them with every improvement. */
  const bounds = { entities: 44_500, model: 71_000, calls: 113_500 } as const
  for (const [part, bound] of Object.entries(bounds))
    it(`up to its ${part} cost at most ${bound} instantiations`, () => {
      const { errors, instantiations } = consumer.compile(largeModel(50, part as keyof typeof bounds))
      expect(errors).to.deep.equal([])
      expect(instantiations).to.be.above(1000).and.at.most(bound)
    })

  it('cost in proportion to the number of entities', () => {
    const [few, many] = [10, 50].map((count) => consumer.compile(largeModel(count, 'calls')).instantiations)
    expect((many ?? 0) / (few ?? 1)).to.be.below(5.5)
  })
})
