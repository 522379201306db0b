// Types of version histories, checked by the compiler alone.
import { connect, defineModel, defineTable, type Item, type PatternInput, query, string, ulid } from '../../lib/index.ts'
import { versionHistory } from '../../patterns/index.ts'
import { type Equal, holds } from './equal.ts'

const table = defineTable({
  name: 'wiki',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
})
const pages = versionHistory({
  name: 'Page',
  attributes: { pageId: ulid(), text: string(), note: string().optional() },
  partitionKey: 'PAGE#{pageId}',
  indexes: { GSI1: { pk: 'PAGES', sk: '{savedAt}' } },
})
const { Page, PageVersion } = pages.entities
type CurrentPage = { pageId: string; text: string; savedAt: Date; latest: number; note?: string }
type OldPage = { pageId: string; text: string; savedAt: Date; number: number; note?: string }
holds<Equal<Item<typeof Page>, CurrentPage>>()
holds<Equal<Item<typeof PageVersion>, OldPage>>()
holds<Equal<keyof typeof pages.accessPatterns, 'savePage' | 'versionsOfPage'>>()
holds<
  Equal<
    PatternInput<typeof pages.accessPatterns.savePage>,
    { text: string; base: number; pageId?: string; savedAt?: Date; note?: string }
  >
>()

declare const client: Parameters<typeof connect>[1]['client']
const { patterns, entities } = connect(
  defineModel({
    table,
    entities: { ...pages.entities },
    accessPatterns: { ...pages.accessPatterns, recent: query(Page).index('GSI1').descending() },
  }),
  { client },
)

export async function accepted() {
  const [page, version] = await patterns.savePage({ text: 'T', base: 0 })
  holds<Equal<[typeof page, typeof version], [CurrentPage, OldPage]>>()
  await entities.PageVersion.get({ pageId: 'p', number: 3 })
  const { items } = await patterns.versionsOfPage({ pageId: 'p', number: { gte: 2 } })
  holds<Equal<(typeof items)[number], OldPage>>()
}

export function refused() {
  // @ts-expect-error which version was read
  patterns.savePage({ text: 'T' })
  // @ts-expect-error a misspelt placeholder
  versionHistory({ name: 'Page', attributes: { pageId: ulid() }, partitionKey: 'PAGE#{page}' })
}
