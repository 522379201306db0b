// Writes docs/ecommerce.md from the model (`npm run docs`), or with --check fails when the file is not what the model gives.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { collectSamples, describeModel, firstDifference, renderMarkdown } from '../lib/docs/index.ts'
import { startLocal } from '../lib/local/index.ts'
import { createTable } from '../lib/provision/create-table.ts'
import { ecommerce } from './ecommerce/index.ts'

const command = 'npm run docs'
const page = 'docs/ecommerce.md'

async function render(): Promise<string> {
  const documentation = describeModel(ecommerce, { connectedAs: 'shop' })
  const engine = await startLocal({ clock: documentation.now })
  try {
    const client = engine.client()
    await createTable(ecommerce, client)
    const samples = await collectSamples(ecommerce, { client, documentation })
    return renderMarkdown(documentation, {
      title: 'E-commerce in a single table',
      introduction: 'An example model: customers, a catalogue with stock and reviews, carts, orders, payments and parcels.',
      command,
      samples,
    })
  } finally {
    await engine.close()
  }
}

/** Fails, with the first difference, when the file is not the content. */
async function check(path: string, content: string): Promise<void> {
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

const path = fileURLToPath(new URL(`../${page}`, import.meta.url))
const content = await render()
if (process.argv.includes('--check')) {
  await check(path, content)
} else {
  await writeFile(path, content)
  console.log(`Wrote ${page}.`)
}
