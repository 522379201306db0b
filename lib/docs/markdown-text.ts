// Text and code as Markdown that GitHub shows literally, wherever it stands: in a table's cell as in a paragraph.

/**
 * What Markdown or HTML would take for markup. Entities hold everywhere, whatever a renderer makes of backslashes; but not in addresses,
 * which GitHub makes links of with whatever follows, so addresses are kept from being links.
 */
const markup = /[&<>|`\\*[\]~@]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|:(?=\/\/)|(?<=www)\.|(?<=^|\s)#/giu

/** Plain text. Line breaks become `<br>`, so that it fits on the one line that a cell has. */
export function text(content: string): string {
  return lines(content)
    .map((line) =>
      line
        .replace(markup, entity)
        // GitHub takes text between two of them for mathematics, entities or not.
        .replaceAll('$', '<span>$</span>'),
    )
    .join('<br>')
}

/** Characters that are the same in a code span and in a table: neither backticks, pipes nor line breaks. */
const plainCode = /^[^`|\p{Cc}\p{Zl}\p{Zp}]+$/u

/** Code within a line. */
export function code(content: string): string {
  if (content === '') return ''
  if (plainCode.test(content) && content.trim() === content) return `\`${content}\``
  return `<code>${lines(content)
    .map((line) => line.replace(/[!-/:-@[-`{-~]/g, entity).replace(/^ | $/g, '&#32;'))
    .join('<br>')}</code>`
}

/** Several pieces of code, with commas. */
export function codes(contents: readonly string[]): string {
  return contents.map(code).join(', ')
}

/** A paragraph of plain text; what would begin a list or a heading does not. */
export function paragraph(content: string): string {
  return text(content.trim()).replace(/^(\d*)([#+\-=.):])/, (_, digits: string, mark: string) => digits + entity(mark))
}

/** A block of code, in a fence that is longer than any in it. */
export function codeBlock(language: string, content: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${content}\n${fence}`
}

/** A link to an anchor of this page; the label is Markdown. */
export function link(label: string, anchorId: string): string {
  return `[${label}](#${anchorId})`
}

/** Where links lead. Named here and not left to headings, whose anchors differ between renderers and can be the same for two of them. */
export function anchor(anchorId: string): string {
  return `<a id="${anchorId}"></a>`
}

/** An anchor's name that no other kind and name has. */
export function anchorOf(kind: 'section' | 'entity' | 'index' | 'pattern' | 'transaction', name: string): string {
  return `${kind}-${name.replace(/[^A-Za-z0-9-]/gu, (character) => `_${(character.codePointAt(0) ?? 0).toString(16)}_`)}`
}

/** A table. Headers and cells are Markdown; an empty table is nothing. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [row(headers), row(headers.map(() => '---')), ...rows.map(row)].join('\n')
}

/** Something to unfold. */
export function details(summary: string, content: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`
}

/** Shortened to so many characters. */
export function shortened(content: string, length: number): string {
  const characters = [...content]
  return characters.length <= length ? content : `${characters.slice(0, length - 1).join('')}…`
}

function lines(content: string): string[] {
  return content.split(/\r\n|[\n\r\u2028\u2029]/)
}

function entity(character: string): string {
  return `&#${character.codePointAt(0)};`
}
