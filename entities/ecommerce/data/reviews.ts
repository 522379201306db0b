// The opinions: reviews of what was delivered.
import { datasetNow, day, type Random, shifted } from '../../demo/random.ts'
import type { Review } from '../review.ts'
import type { Row, Rows } from './row.ts'
import { flagReasons, reviewTitles } from './vocabulary.ts'

/** About every third thing that was delivered is reviewed, by each customer once. */
export function makeReviews(random: Random, { Order, OrderItem }: Rows<'Order' | 'OrderItem'>): Rows<'Review'> {
  const delivered = new Map(Order.filter(({ status }) => status === 'delivered').map((order) => [order.orderId, order]))
  const reviews = new Map<string, Row<typeof Review>>()
  for (const { orderId, productId } of OrderItem) {
    const order = delivered.get(orderId)
    if (order === undefined || !random.chance(0.35)) continue
    const earliest = shifted(order.placedAt, 3 * day)
    const postedAt = random.before(datasetNow, 0, datasetNow.getTime() - earliest.getTime())
    reviews.set(`${order.customerId} ${productId}`, review(random, order.customerId, productId, postedAt))
  }
  return { Review: [...reviews.values()] }
}

function review(random: Random, customerId: string, productId: string, postedAt: Date): Row<typeof Review> {
  const rating = random.pick([1, 2, 3, 4, 4, 4, 5, 5, 5, 5])
  return {
    productId,
    customerId,
    rating,
    title: random.pick(reviewTitles[rating - 1] ?? reviewTitles[2]),
    ...(random.chance(0.7) && { body: random.faker.lorem.sentences({ min: 1, max: 3 }) }),
    ...(random.chance(0.1) && { photos: [`reviews/${random.faker.string.alphanumeric(8)}.webp`] }),
    language: random.pick(['de', 'de', 'de', 'en', 'fr']),
    helpfulVotes: random.int(0, 25),
    status: random.chance(0.04) ? 'hidden' : 'published',
    postedAt,
    ...(random.chance(0.06) && {
      flaggedAt: random.before(datasetNow, 0, Math.min(3 * day, datasetNow.getTime() - postedAt.getTime())),
      flagReasons: new Set(random.some(flagReasons, 1, 2)),
    }),
  }
}
