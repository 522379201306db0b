// Writes the documentation of the models into docs/ (`npm run docs`), or with --check fails when a file is not what its model gives.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { collectSamples, type DocumentedModel, describeModel, firstDifference, renderMarkdown } from '../lib/docs/index.ts'
import { startLocal } from '../lib/local/index.ts'
import { createTable } from '../lib/provision/create-table.ts'
import { ecommerce } from './ecommerce/index.ts'
import { social } from './social/index.ts'

const command = 'npm run docs'

interface Page {
  readonly file: string
  readonly model: DocumentedModel
  /** What the examples call the connected model. */
  readonly connectedAs: string
  readonly title: string
  readonly introduction: string
}

const pages: readonly Page[] = [
  {
    file: 'docs/ecommerce.md',
    model: ecommerce,
    connectedAs: 'shop',
    title: 'E-commerce in a single table',
    introduction: 'An example model: customers, a catalogue with stock and reviews, carts, orders, payments and parcels.',
  },
  {
    file: 'docs/social.md',
    model: social,
    connectedAs: 'network',
    title: 'A social network in a single table',
    introduction:
      'An example model: users who follow and block each other, posts with hashtags, threads of comments, likes, home timelines, direct messages, notifications and trending boards.',
  },
]

async function render({ model, connectedAs, title, introduction }: Page): Promise<string> {
  const documentation = describeModel(model, { connectedAs })
  const engine = await startLocal({ clock: documentation.now })
  try {
    const client = engine.client()
    await createTable(model, client)
    const samples = await collectSamples(model, { client, documentation })
    return renderMarkdown(documentation, { title, introduction, command, samples })
  } finally {
    await engine.close()
  }
}

/** Fails, with the first difference, when the file is not the content. */
async function check(page: string, path: string, content: string): Promise<void> {
  const file = await readFile(path, 'utf8').catch(() => undefined)
  const difference = firstDifference(file ?? '', content)
  if (difference === undefined) return
  const { line, found = '(the end)', expected = '(the end)' } = difference
  console.error(
    file === undefined
      ? `${page} is missing. Run \`${command}\` and commit the result.`
      : `${page} is not what the model gives. Run \`${command}\` and commit the result.\nLine ${line} is\n  ${found}\nand should be\n  ${expected}`,
  )
  process.exitCode = 1
}

for (const page of pages) {
  const path = fileURLToPath(new URL(`../${page.file}`, import.meta.url))
  const content = await render(page)
  if (process.argv.includes('--check')) {
    await check(page.file, path, content)
  } else {
    await writeFile(path, content)
    console.log(`Wrote ${page.file}.`)
  }
}
