// Products. The product's partition also holds its stock (inventory.ts) and its reviews (review.ts).
import {
  createdAt,
  decimal,
  defineEntity,
  list,
  map,
  number,
  numberSet,
  oneOf,
  record,
  string,
  stringSet,
  ulid,
  updatedAt,
  version,
} from '../../lib/index.ts'
import { category, cents, currency, department, exampleIds, productName, sku, subcategory } from './attributes.ts'

/** In the catalogue only while active: a draft is not shown by mistake, for it is not there. One department is one partition of the index. */
export const Product = defineEntity('Product', {
  description: 'What the shop sells.',
  attributes: {
    productId: ulid().example(exampleIds.product),
    sku: sku(),
    name: productName(),
    description: string({ max: 4000 })
      .optional()
      .example('Salt-glazed, with a lid and two weights. Made to be used for decades.'),
    department: department(),
    category: category(),
    subcategory: subcategory(),
    status: oneOf('draft', 'active', 'discontinued').default('draft').example('active'),
    priceCents: cents().describe('Price with tax').example(3490),
    currency: currency(),
    taxRate: decimal({ min: '0', max: '1' }).describe('Share of the net price, exact').example('0.081'),
    weightKg: decimal({ min: '0' }).describe('Packed, for postage').example('4.2'),
    specifications: record(string({ max: 200 }))
      .describe('By the names that categories narrow by, and others')
      .example({ material: 'stoneware', colour: 'grey' }),
    sizes: numberSet()
      .optional()
      .describe('Sizes that it comes in, where that applies')
      .example(new Set([2, 5, 10])),
    tags: stringSet()
      .default(() => new Set<string>())
      .describe('Free words for search')
      .example(new Set(['fermenting', 'gift'])),
    coverImage: string({ max: 200 }).describe('Path of the picture on a product tile').example('crocks/100417.webp'),
    images: list(string({ max: 200 }), { max: 12 })
      .describe('Further pictures, in order')
      .default(() => [])
      .example(['crocks/100417-open.webp', 'crocks/100417-shelf.webp']),
    dimensions: map({
      widthMm: number({ min: 1, integer: true }).example(240),
      heightMm: number({ min: 1, integer: true }).example(310),
      depthMm: number({ min: 1, integer: true }).example(240),
    })
      .describe('Packed')
      .example({ widthMm: 240, heightMm: 310, depthMm: 240 }),
    averageRating: decimal({ min: '1', max: '5' }).optional().describe('Kept by the review job').example('4.6'),
    reviewCount: number({ min: 0, integer: true }).default(0).describe('Kept by the review job').example(38),
    version: version().describe('Optimistic locking between editors').example(12),
    createdAt: createdAt().example(new Date('2029-09-17T08:00:00Z')),
    updatedAt: updatedAt().example(new Date('2030-02-02T10:30:00Z')),
  },
  key: { pk: 'PRODUCT#{productId}', sk: 'PRODUCT#{productId}' },
  indexes: {
    GSI1: { pk: 'SKU#{sku}', sk: 'PRODUCT#{productId}' },
    GSI3: { pk: 'DEPARTMENT#{department}', sk: '{category}#{subcategory}#{priceCents}', when: { status: 'active' } },
  },
  // Its pattern has no lower case, so that no two can differ in case alone.
  unique: { sku: 'PRODUCT_SKU#{sku}' },
})
