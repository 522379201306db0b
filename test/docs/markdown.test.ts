import { expect } from 'chai'
import { describeModel, firstDifference, renderMarkdown } from '../../lib/docs/index.ts'
import { defineEntity, defineModel, defineTable, string } from '../../lib/index.ts'
import { documented, shop } from './shop.ts'

describe('the documentation as Markdown', () => {
  let page: string
  before(async () => {
    const { documentation, samples } = await documented(shop)
    page = renderMarkdown(documentation, { title: 'A | shop', introduction: '- Small.', command: 'npm run docs', samples })
  })

  /** From an anchor to the next one on a line of its own. */
  function section(anchor: string): string {
    return page.split(/^(?=<a id=)/m).find((part) => part.startsWith(`<a id="${anchor}">`)) ?? ''
  }

  it('is the same each time', async () => {
    const { documentation, samples } = await documented(shop)
    const again = renderMarkdown(documentation, { title: 'A | shop', introduction: '- Small.', command: 'npm run docs', samples })
    expect(firstDifference(page, again)).to.equal(undefined)
  })

  it('begins with title, introduction and where it comes from', () => {
    expect(page).to.match(
      /^<!-- generated .*-->\n\n# A &#124; shop\n\n&#45; Small\.\n\nOne DynamoDB table, 3 entities, 12 access patterns\. .*`npm run docs`/,
    )
    expect(page).to.match(/[^\n]\n$/)
  })

  it('has one target for every link, and no target twice', () => {
    const targets = [...page.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id)
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, id]) => id)
    expect(new Set(targets).size).to.equal(targets.length)
    expect(links.length).to.be.greaterThan(50)
    for (const id of links) expect(targets).to.include(id)
  })

  it('has every table in one piece, with as many cells in each row', () => {
    for (const block of page.split('\n\n').filter((one) => one.startsWith('|'))) {
      const widths = block.split('\n').map((line) => line.split('|').length)
      expect(new Set(widths).size, block).to.equal(1)
    }
  })

  const fragments: [section: string, fragment: string][] = [
    ['section-table', '| **Time to live** | `expires`, in epoch seconds; DynamoDB deletes items some time after that |'],
    [
      'section-table',
      '`Inverted` | global | `SK` (string) | `PK` (string) | whole items | [Order](#entity-Order); physically also all others | [orderById](#pattern-orderById) |',
    ],
    ['section-table', '`ByCity` | global | `city` (string) | `points` (number) | keys and `n` |'],
    ['section-entities', '| [Ticket](#entity-Ticket) | `TICKET#{ticketId}` | `TICKET#{ticketId}` | [`Queue`](#index-Queue) |  |'],
    [
      'entity-Customer',
      '### Customer\n\nSomebody who buys &#124; or &#60;might&#62;.<br>One line more.\n\nRead by [customer](#pattern-customer),',
    ],
    ['entity-Customer', '|  | `points` | `{points}`, as it is | `1200` |  |'],
    [
      'entity-Customer',
      '| `name` | string | required | `n`, S | A &#96;name&#96; &#124; with &#42;marks&#42; | <code>Ada &#124; &#60;b&#62;Lovelace&#60;&#47;b&#62;</code> |',
    ],
    ['entity-Customer', '| `city` | string | default: Zürich; set once | S |  |  |'],
    ['entity-Customer', '| `password` | string | required; hidden from answers | S |  | `secret` |'],
    ['entity-Customer', '| `address` | map of street, lines | optional | M |  |  |'],
    ['entity-Order', '| [`GSI1`](#index-GSI1) | `GSI1PK` | `ORDERS#{status}#{shard}` |'],
    ['entity-Order', '| all; spread over 3 shards, 2 to 4 |'],
    ['entity-Order', '| only while status = open |'],
    ['entity-Ticket', '| `QueuePK` | `RESOLVED` |  | only while resolvedAt exists |'],
    ['entity-Customer', '| `email` | `email` | `CUSTOMER_EMAIL#{email}` | `CUSTOMER_EMAIL#ada@example.com` | all |'],
    ['entity-Customer', '| `place` | `city`, `points` | `CUSTOMER_PLACE#{city}#{points}` |'],
    ['entity-Customer', 'its guard, with the given text as `PK` and `SK`. A guard is written and deleted in one transaction'],
    ['entity-Customer', 'whose key it has in `_unique`.'],
    ['entity-Ticket', '| `TICKET_RESOLVED#{resolvedAt}` |  | only while resolvedAt exists |'],
    ['entity-Ticket', 'in `_unique`; it expires together with it.'],
    [
      'section-patterns',
      '| [openOrders](#pattern-openOrders) | `placedAt?` | `Queue` | `QueuePK = OPEN` | 1 + 1 BatchGetItem per 100 items | [Order](#entity-Order) |',
    ],
    [
      'section-patterns',
      '| [bigOrders](#pattern-bigOrders) | `customerId`<br>`orderId?` | table | `PK = CUSTOMER#{customerId} AND begins_with(SK, ORDER#)`<br>filter: `total >= 10` | 1 |',
    ],
    [
      'section-patterns',
      '| [customer](#pattern-customer)<br>One &#124; customer | `customerId` | table | `PK = CUSTOMER#{customerId} AND SK = PROFILE#{customerId}` | 1 | [Customer](#entity-Customer) |',
    ],
    ['pattern-customer', '| **Answers** | one [Customer](#entity-Customer), or `undefined`: `name`, `email` |'],
    ['pattern-customer', '| **Rate** | 30 a minute |'],
    ['pattern-bestInCity', '| **Rate** | 3.6 an hour |'],
    ['pattern-orders', '| **Rate** | 20 a second |'],
    [
      'pattern-ordersByStatus',
      '| **Read** | Query on [`GSI1`](#index-GSI1), descending by `{placedAt}`, eventually consistent |',
    ],
    [
      'pattern-ordersByStatus',
      '<summary>Request: Query, the first of 3</summary>\n\n```json\n{\n  "TableName": "shop",\n  "IndexName": "GSI1",',
    ],
    ['pattern-ordersSince', 'descending by `{placedAt}`, consistent |'],
    [
      'pattern-customerWithOrders',
      '| **Answers** | `customer`: one [Customer](#entity-Customer), or `undefined`<br>`orders`: all [Order](#entity-Order) items |',
    ],
    ['pattern-customerWithOrders', '":SK2": { "S": "PROFILE#\\udbff\\udfff" }'],
    ['pattern-allTickets', '| **Entities in range** | all |'],
    ['pattern-allTickets', '| **Cost** | half a read unit for every 4 KB in what is scanned |'],
    [
      'pattern-odd_20_name',
      "```ts\nawait shop.patterns['odd name']({ ticketId: 't1' })\n```\n\n<details>\n<summary>Answer</summary>\n\n```ts\n{ ticketId: 't1', expires: new Date('2031-01-01T00:00:00.000Z') }\n```\n\n</details>",
    ],
  ]
  for (const [name, fragment] of fragments)
    it(`has in ${name}: ${fragment.split('\n')[0]}`, () => expect(section(name)).to.include(fragment))

  it('says nothing of guards where nothing is unique', () => expect(section('entity-Order')).to.not.match(/Unique|guard/))

  it('has a section for every entity and pattern', () => {
    const titles = [...page.matchAll(/^### (.+)$/gm)].map(([, title]) => title)
    expect(titles).to.deep.equal(['Indexes', 'Customer', 'Order', 'Ticket', ...Object.keys(shop.accessPatterns)])
  })

  it('does without samples, indexes and patterns', () => {
    const table = defineTable({
      name: 'small',
      partitionKey: 'id',
      typeAttribute: false,
      keyEncoding: 'verbatim',
      delimiter: '-',
    })
    const Thing = defineEntity('Thing', { attributes: { id: string() }, key: { pk: '{id}' } })
    const small = renderMarkdown(describeModel(defineModel({ table, entities: { Thing } })))
    expect(small).to.include('# small\n\nOne DynamoDB table, 1 entity, 0 access patterns.')
    expect(small).to.include('| **Sort key** | none |')
    expect(small).to.include('| **Key encoding** | verbatim, segments divided by `-`')
    expect(small).to.not.match(/Indexes|Unique|guard|## Access patterns|Answer|undefined/)
  })
})

describe('the first difference', () => {
  const cases: [found: string, expected: string, difference: unknown][] = [
    ['a\nb\n', 'a\nb\n', undefined],
    ['a\nb\n', 'a\nc\n', { line: 2, found: 'b', expected: 'c' }],
    ['a', 'a\nb', { line: 2, found: undefined, expected: 'b' }],
    ['a\nb', 'a', { line: 2, found: 'b', expected: undefined }],
  ]
  for (const [found, expected, difference] of cases)
    it(`of ${JSON.stringify(found)} and ${JSON.stringify(expected)}`, () =>
      expect(firstDifference(found, expected)).to.deep.equal(difference))
})
