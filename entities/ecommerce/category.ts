// The category tree, as its leaves: department, category, subcategory.
import { defineEntity, list, string } from '../../lib/index.ts'
import { category, department, subcategory } from './attributes.ts'

export const Category = defineEntity('Category', {
  description:
    'A leaf of the category tree. The tree is small and changes rarely: a department’s branch is one read, and cached.',
  attributes: {
    department: department(),
    category: category(),
    subcategory: subcategory(),
    title: string({ min: 1, max: 60 }).describe('As the menu shows it').example('Storage jars'),
    introduction: string({ max: 500 }).optional().describe('Above the products').example('What keeps what you cook.'),
    facets: list(string({ max: 40 }), { max: 8 })
      .describe('Names of product specifications that customers may narrow by, in order')
      .example(['material', 'colour']),
  },
  key: { pk: 'DEPARTMENT#{department}', sk: 'CATEGORY#{category}#{subcategory}' },
})
