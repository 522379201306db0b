// The documentation as one page of Markdown, for GitHub. Pure: what it says is model-documentation.ts, what it looks like is here.
import { renderEntity, renderEntityChart } from './markdown-entities.ts'
import { renderPattern, renderPatternTable } from './markdown-patterns.ts'
import { renderTable } from './markdown-table.ts'
import { anchor, anchorOf, code, link, paragraph, text } from './markdown-text.ts'
import { renderTransaction, renderTransactionTable } from './markdown-transactions.ts'
import type { ModelDocumentation } from './model-documentation.ts'
import type { Samples } from './samples.ts'

/** For tools that must not take the page for one that somebody wrote. */
const generatedMark = '<!-- generated from the model: do not edit -->'

export interface MarkdownOptions {
  /** Default: the table's name. */
  readonly title?: string
  /** What the model is about, as text; the paragraph under the title. */
  readonly introduction?: string
  /** The command that makes the page, which the page names so that nobody changes it by hand. */
  readonly command?: string
  /** What the patterns answer to the example calls; without them the page has the calls only. */
  readonly samples?: Samples
}

/**
 * Renders a model's documentation as Markdown.
 *
 * @example
 * const page = renderMarkdown(describeModel(shop, { connectedAs: 'shop' }), { title: 'The shop' })
 */
export function renderMarkdown(documentation: ModelDocumentation, options: MarkdownOptions = {}): string {
  const { table, entities, patterns, transactions } = documentation
  const { title = table.name, introduction, command, samples } = options
  const blocks = [
    generatedMark,
    `# ${text(title)}`,
    introduction === undefined ? '' : paragraph(introduction),
    `One DynamoDB table, ${count(entities.length, 'entity', 'entities')}, ${count(patterns.length, 'access pattern', 'access patterns')}` +
      `${transactions.length === 0 ? '' : `, ${count(transactions.length, 'transaction', 'transactions')}`}. ` +
      `This page is made from the model${command === undefined ? '' : ` by ${code(command)}`}: change the model, not the page.`,
    contents(documentation),
    anchor(anchorOf('section', 'table')),
    '## Table',
    ...renderTable(documentation),
    anchor(anchorOf('section', 'entities')),
    '## Entities',
    'A key is written as a template: `{attribute}` stands for the value of that attribute of the item, everything else for itself. ' +
      'What an attribute is stored as is DynamoDB’s type: S string, N number, B binary, BOOL boolean, M map, L list, SS, NS and BS sets of them.',
    renderEntityChart(entities),
    ...entities.flatMap(renderEntity),
    ...(patterns.length === 0 ? [] : renderPatterns(documentation, samples)),
    ...(transactions.length === 0 ? [] : renderTransactions(documentation)),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function renderPatterns(documentation: ModelDocumentation, samples: Samples | undefined): string[] {
  const { patterns, entities } = documentation
  return [
    anchor(anchorOf('section', 'patterns')),
    '## Access patterns',
    'Everything the application asks of the table. What is not here has no index to answer it.',
    readingNotes(documentation, samples !== undefined),
    renderPatternTable(patterns, entities.length),
    ...patterns.flatMap((pattern) => renderPattern(pattern, { samples, entityCount: entities.length })),
  ]
}

function renderTransactions({ transactions, now }: ModelDocumentation): string[] {
  return [
    anchor(anchorOf('section', 'transactions')),
    '## Transactions',
    'What the application writes in several items at once: all of it, or nothing. How many writes there are may depend on the input; told are those of the example.',
    [
      'How to read it:',
      [
        '- Inputs with `?` may be left out. What is generated then is a fixed example in the request, as the time is: the example is told at ' +
          `${now.toISOString()}.`,
        '- A write is done only if its conditions hold, and if those of all the others do.',
        '- A guard is an item that says who has a unique value. It is an action of the transaction as each write is, and there are at most 100 of them; a value that is given up for another takes two.',
        '- Costs are estimates from the size of the example items, without what indexes cost. A write of 1 KB is two write units in a transaction, and so is the check of a condition.',
      ].join('\n'),
    ].join('\n\n'),
    renderTransactionTable(transactions),
    ...transactions.flatMap(renderTransaction),
  ]
}

function contents({ entities, patterns, transactions }: ModelDocumentation): string {
  const line = (title: string, section: string, rest: string) => `- ${link(title, anchorOf('section', section))}: ${rest}`
  const list = (kind: 'entity' | 'pattern' | 'transaction', named: readonly { readonly name: string }[]) =>
    named.map(({ name }) => link(text(name), anchorOf(kind, name))).join(' · ')
  return [
    line('Table', 'table', 'keys and indexes'),
    line('Entities', 'entities', list('entity', entities)),
    ...(patterns.length === 0 ? [] : [line('Access patterns', 'patterns', list('pattern', patterns))]),
    ...(transactions.length === 0 ? [] : [line('Transactions', 'transactions', list('transaction', transactions))]),
  ].join('\n')
}

function readingNotes({ connectedAs, now }: ModelDocumentation, sampled: boolean): string {
  return [
    'How to read it:',
    [
      '- Inputs with `?` may be left out. Those of a sort key are given from the left, and the last of them may be a range: `{ gte: … }`, `{ between: [… , …] }`.',
      '- The key condition is that of a call without the optional inputs. It selects what DynamoDB reads and charges for; a filter drops items after that, so what it drops is paid for too.',
      '- Entities in range are all those whose items the key condition can select.',
      `- In the example calls ${code(connectedAs)} is the connected model. A page is \`{ items, cursor, misfits }\`: the cursor leads to the next page and is absent on the last one, misfits are stored items that do not fit their entity.`,
      '- Costs are estimates from the size of the example item. One read unit is 4 KB read consistently, or 8 KB otherwise.',
      sampled
        ? `- Answers are real: they come from an embedded DynamoDB that holds one example item of each entity, at ${now.toISOString()}.`
        : '',
    ]
      .filter((line) => line !== '')
      .join('\n'),
  ].join('\n\n')
}

function count(number: number, singular: string, plural: string): string {
  return `${number} ${number === 1 ? singular : plural}`
}
