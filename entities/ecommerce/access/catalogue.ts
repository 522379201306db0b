// What is asked about products: the catalogue, stock and reviews.
import { get, itemCollection, many, one, query } from '../../../lib/index.ts'
import { Category } from '../category.ts'
import { Inventory } from '../inventory.ts'
import { Product } from '../product.ts'
import { Review } from '../review.ts'

export const cataloguePatterns = {
  categoryTree: query(Category)
    .describe('The menu of a department, or of one category in it; in the order of the tree')
    .rate({ perSecond: 5 }),

  productsInCategory: query(Product)
    .index('GSI3')
    .select(
      'productId',
      'name',
      'category',
      'subcategory',
      'priceCents',
      'currency',
      'coverImage',
      'averageRating',
      'reviewCount',
    )
    .describe('Active products at any level of the category path; in a subcategory by price, or in a range of prices')
    .rate({ perSecond: 200 }),

  productById: get(Product).describe('A product with all its texts and pictures').rate({ perSecond: 50 }),

  productPrice: get(Product)
    .select('productId', 'name', 'status', 'priceCents', 'currency')
    .describe('Whether a product in a cart can still be bought, and at what price')
    .rate({ perSecond: 60 }),

  productBySku: query(Product).index('GSI1').one().describe('A scanned label in the warehouse').rate({ perSecond: 20 }),

  productPage: itemCollection({ product: one(Product), inventory: many(Inventory) })
    .describe('A product and its stock in every warehouse, in one query that stops before the reviews')
    .rate({ perSecond: 300 }),

  availableStock: query(Inventory)
    .consistent()
    .where({ available: { gt: 0 } })
    .describe('At checkout: the warehouses that have it now. Read consistently; filtered among a handful of items')
    .rate({ perSecond: 15 }),

  inventoryOfWarehouse: query(Inventory)
    .index('Inverted')
    .hydrate()
    .describe('Stocktaking: everything that lies in a warehouse, by product')
    .rate({ perSecond: 0.01 }),

  lowStock: query(Inventory)
    .index('GSI2')
    .select('warehouseId', 'productId', 'lowSince')
    .describe('What a warehouse must reorder, longest waiting first. The keys say it all, so nothing more is fetched')
    .rate({ perSecond: 0.1 }),

  latestReviews: query(Review)
    .index('ByDate')
    .descending()
    .consistent()
    .describe('Published reviews of a product, newest first; its author sees a new one at once')
    .rate({ perSecond: 120 }),

  reviewsByRating: query(Review)
    .index('GSI1')
    .descending()
    .describe('Published reviews of a product with so many stars, best and newest first')
    .rate({ perSecond: 30 }),

  reviewByCustomer: get(Review).describe('The form: has this customer reviewed this product?').rate({ perSecond: 3 }),

  reviewsOfCustomer: query(Review)
    .index('Inverted')
    .hydrate()
    .describe('All reviews that a customer wrote: the relation read backwards')
    .rate({ perSecond: 1 }),

  flaggedReviews: query(Review)
    .index('GSI2')
    .hydrate()
    .describe('The moderators’ queue in a language, longest waiting first')
    .rate({ perSecond: 0.1 }),
}
