// Reviews of products: a relation between customer and product, read from both ends.
import { datetime, defineEntity, inverted, list, number, oneOf, string, stringSet, updatedAt } from '../../lib/index.ts'
import { customerReference, productReference } from './attributes.ts'

/** A hidden review leaves both lists of the product in the write that hides it. */
export const Review = defineEntity('Review', {
  description:
    'What a customer says of a product. The key allows one for each customer and product, whatever the application forgets.',
  attributes: {
    productId: productReference(),
    customerId: customerReference().describe('Who wrote it'),
    rating: number({ min: 1, max: 5, integer: true }).describe('Stars').example(5),
    title: string({ min: 1, max: 120 }).example('Two winters of sauerkraut'),
    body: string({ max: 5000 }).optional().example('Bought six, none has chipped. The weights fit.'),
    photos: list(string({ max: 200 }), { max: 6 })
      .optional()
      .example(['reviews/01Q92.webp']),
    language: oneOf('de', 'en', 'fr').example('de'),
    helpfulVotes: number({ min: 0, integer: true }).default(0).example(4),
    status: oneOf('published', 'hidden').default('published').example('published'),
    postedAt: datetime().default('now').readOnly().example(new Date('2030-03-14T19:02:33Z')),
    flaggedAt: datetime()
      .optional()
      .describe('When a reader first objected; removed when a moderator has decided')
      .example(new Date('2030-03-15T06:20:00Z')),
    flagReasons: stringSet()
      .optional()
      .example(new Set(['advertising'])),
    updatedAt: updatedAt().example(new Date('2030-03-15T06:20:00Z')),
  },
  key: { pk: 'PRODUCT#{productId}', sk: 'REVIEW#{customerId}' },
  indexes: {
    GSI1: { pk: 'REVIEWS#{productId}', sk: '{rating}#{postedAt}', when: { status: 'published' } },
    GSI2: { pk: 'FLAGGED_REVIEWS#{language}', sk: '{flaggedAt}' },
    ByDate: { sk: '{postedAt}', when: { status: 'published' } },
    Inverted: inverted(),
  },
})
