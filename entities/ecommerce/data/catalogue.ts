// The goods: category tree, products, and how many lie where.
import { datasetNow, day, type Random } from '../../demo/random.ts'
import { warehouses } from '../attributes.ts'
import type { Category } from '../category.ts'
import type { Inventory } from '../inventory.ts'
import type { Product } from '../product.ts'
import type { Row, Rows } from './row.ts'
import { colours, type Leaf, materials, qualities, tags, tree } from './vocabulary.ts'

const productsPerSubcategory = 6

/** The whole tree, six products to a leaf, each in two or three warehouses. */
export function makeCatalogue(random: Random): Rows<'Category' | 'Product' | 'Inventory'> {
  const leaves = Object.entries(tree).flatMap(([department, categories]) =>
    Object.entries(categories).flatMap(([category, subcategories]) =>
      Object.entries<Leaf>(subcategories).map(([subcategory, leaf]) => ({ department, category, subcategory, leaf })),
    ),
  )
  const products = leaves.flatMap(({ leaf, ...path }, shelf) =>
    Array.from({ length: productsPerSubcategory }, (_, place) => product(random, path, leaf, 100 * (shelf + 1) + place)),
  )
  return {
    Category: leaves.map(({ leaf, ...path }) => category(random, path, leaf)),
    Product: products,
    Inventory: products.flatMap(({ productId }) =>
      random.some(warehouses, 2, 3).map((warehouseId) => stock(random, productId, warehouseId)),
    ),
  }
}

interface Path {
  readonly department: string
  readonly category: string
  readonly subcategory: string
}

function category(random: Random, path: Path, { title }: Leaf): Row<typeof Category> {
  return {
    ...path,
    title,
    ...(random.chance(0.6) && { introduction: `${title} that last, and can be repaired.` }),
    facets: random.some(['material', 'colour', 'origin'], 1, 3),
  }
}

function product(random: Random, path: Path, { noun, prices }: Leaf, number: number): Row<typeof Product> {
  const material = random.pick(materials[path.category] ?? ['wood'])
  const [least, most] = prices
  // Cheap goods are many, dear ones few; prices end in 0 or 5.
  const priceCents = 5 * Math.round(20 * (least + (most - least) * random.faker.number.float() ** 2))
  const sku = `${path.department.slice(0, 4).toUpperCase()}-${10_000 + number}`
  const picture = `${path.subcategory}/${number}`
  return {
    productId: random.ulid(random.before(datasetNow, 20 * day, 1_200 * day)),
    sku,
    name: `${random.pick(qualities)} ${noun}, ${material}`,
    ...(random.chance(0.8) && { description: random.faker.lorem.sentences(2) }),
    ...path,
    status: random.pick(['active', 'active', 'active', 'active', 'active', 'active', 'active', 'draft', 'discontinued']),
    priceCents,
    currency: 'CHF',
    taxRate: '0.081',
    weightKg: String(random.int(1, 180) / 10),
    specifications: {
      material,
      colour: random.pick(colours),
      ...(random.chance(0.5) && { origin: random.pick(['AT', 'CH', 'DE']) }),
    },
    ...(random.chance(0.25) && { sizes: new Set(random.some([0.5, 1, 1.5, 2, 5], 2, 4)) }),
    tags: new Set(random.some(tags, 0, 3)),
    coverImage: `${picture}.webp`,
    images: Array.from({ length: random.int(0, 3) }, (_, index) => `${picture}-${index + 1}.webp`),
    dimensions: { widthMm: random.int(20, 1200), heightMm: random.int(20, 1800), depthMm: random.int(20, 900) },
    ...(random.chance(0.7) && { averageRating: String(random.int(20, 50) / 10) }),
    reviewCount: random.int(0, 60),
  }
}

function stock(random: Random, productId: string, warehouseId: (typeof warehouses)[number]): Row<typeof Inventory> {
  const reorderPoint = random.pick([5, 10, 20])
  const available = random.chance(0.15) ? random.int(0, reorderPoint) : random.int(reorderPoint + 1, 400)
  return {
    productId,
    warehouseId,
    available,
    reserved: random.int(0, 12),
    reorderPoint,
    ...(available <= reorderPoint && { lowSince: random.before(datasetNow, 1, 20 * day) }),
    ...(random.chance(0.8) && { bin: `${random.pick(['A', 'B', 'C'])}-${random.int(1, 40)}-${random.int(1, 6)}` }),
  }
}
