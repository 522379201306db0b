import { expect } from 'chai'
import fc from 'fast-check'
import { anchorOf, code, codeBlock, paragraph, shortened, table, text } from '../../lib/docs/markdown-text.ts'
import { propertyRuns } from '../property-runs.ts'

const fragments = [
  '|',
  '\n',
  '\r\n',
  '`',
  '``',
  '<b>',
  '</td>',
  '<!--',
  '&amp;',
  '\\',
  '\\|',
  '**',
  '_',
  '[x](y)',
  '~~',
  '$',
  '# ',
  '- ',
  '1. ',
  ' ',
  'a',
  'é',
  'https://a.b',
  'a@b.c',
  'www.x',
]
const unkind = fc.oneof(
  fc.array(fc.constantFrom(...fragments), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme' }),
)

/** What a reader sees of text or code: entities resolved, tags of ours taken away. Any other `<` stays, and so betrays itself. */
function seen(markdown: string): string {
  return markdown
    .replaceAll('<br>', '\n')
    .replaceAll('<span>$</span>', '$')
    .replace(/^<code>|<\/code>$/g, '')
    .replace(/&#(\d+);/g, (_, point: string) => String.fromCodePoint(Number(point)))
}

const unixLines = (content: string) => content.replace(/\r\n|[\n\r\u2028\u2029]/g, '\n')

/** The cells of a table's row as GitHub splits it: at every pipe that has no backslash before it. */
const cellsOf = (row: string) => row.split(/(?<!\\)\|/).slice(1, -1)

describe('Markdown text', () => {
  it('shows text and code as they are, on one line, with any content', () => {
    fc.assert(
      fc.property(unkind, (content) => {
        for (const cell of [text(content), code(content).replace(/^`([^`]*)`$/, '$1')]) {
          expect(cell).to.not.match(/[\n\r\u2028\u2029|]/)
          expect(seen(cell)).to.equal(unixLines(content))
        }
      }),
      { numRuns: propertyRuns },
    )
  })

  it('leaves no markup in text', () => {
    fc.assert(
      fc.property(unkind, (content) => {
        const bare = text(content)
          .replaceAll(/<br>|<span>\$<\/span>/g, '')
          .replace(/&#\d+;/g, '')
        expect(bare).to.not.match(/[&<>`*[\]~\\$@]|:\/\//)
      }),
      { numRuns: propertyRuns },
    )
  })

  it('keeps the columns of a table, whatever is in its cells', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(unkind, unkind), { minLength: 1, maxLength: 4 }), (rows) => {
        const lines = table(
          ['Text', 'Code'],
          rows.map(([left, right]) => [text(left), code(right)]),
        ).split('\n')
        expect(lines).to.have.length(rows.length + 2)
        for (const line of lines) expect(cellsOf(line)).to.have.length(2)
      }),
      { numRuns: propertyRuns },
    )
  })

  it('begins no list, heading or quotation with a paragraph', () => {
    fc.assert(
      fc.property(unkind, (content) => {
        expect(paragraph(content)).to.not.match(/^(?:[#>+\-=]|\d+[.)]|\s)/)
      }),
      { numRuns: propertyRuns },
    )
  })

  it('fences code with more backticks than it has', () => {
    fc.assert(
      fc.property(unkind, (content) => {
        const block = codeBlock('ts', content)
        const fence = /^`+/.exec(block)?.[0] ?? ''
        expect(content).to.not.include(fence)
        expect(block).to.equal(`${fence}ts\n${content}\n${fence}`)
      }),
      { numRuns: propertyRuns },
    )
  })

  const plain: [string, string][] = [
    ['Orders, newest first (10 a page)', 'Orders, newest first (10 a page)'],
    ['snake_case in words', 'snake_case in words'],
    ['costs $5 and $6', 'costs <span>$</span>5 and <span>$</span>6'],
    ['see https://example.com', 'see https&#58;//example.com'],
  ]
  for (const [content, expected] of plain) it(`writes ${content}`, () => expect(text(content)).to.equal(expected))

  it('writes code plainly where it can', () => {
    expect(code('USER#{userId}')).to.equal('`USER#{userId}`')
    expect(code('/^\\d+$/')).to.equal('`/^\\d+$/`')
    expect(code('a|b')).to.equal('<code>a&#124;b</code>')
    expect(code('')).to.equal('')
  })

  it('gives different names different anchors', () => {
    fc.assert(
      fc.property(unkind, unkind, (a, b) => {
        expect(anchorOf('entity', a) === anchorOf('entity', b)).to.equal(a === b)
        expect(anchorOf('entity', a)).to.match(/^[\w-]+$/)
        expect(anchorOf('entity', a)).to.not.equal(anchorOf('pattern', b))
      }),
      { numRuns: propertyRuns },
    )
  })

  it('shortens by characters, not by halves of them', () => {
    expect(shortened('abc', 3)).to.equal('abc')
    expect(shortened('a😀b😀', 3)).to.equal('a😀…')
  })
})
