// Templates: what they parse to, and every mistake with its code and position.
import { expect } from 'chai'
import { parseTemplate } from '../../lib/keys/template.ts'

const literal = (text: string) => ({ literal: text })
const placeholder = (name: string, before = '', descending = false) => ({ literal: before, placeholder: { name, descending } })

describe('parseTemplate', () => {
  const good: [text: string, segments: object[], delimiter?: string][] = [
    ['PROFILE', [literal('PROFILE')]],
    ['USER#{userId}', [literal('USER'), placeholder('userId')]],
    ['#META', [literal(''), literal('META')]],
    ['ORDER#{id}#', [literal('ORDER'), placeholder('id'), literal('')]],
    ['v{version}', [placeholder('version', 'v')]],
    ['{score:desc}#{user-id}', [placeholder('score', '', true), placeholder('user-id')]],
    ['{größe_1}', [placeholder('größe_1')]],
    ['{__proto__}', [placeholder('__proto__')]],
    ['A b$\u{1f600}', [literal('A b$\u{1f600}')]],
    ['T:{score:desc}:x', [literal('T'), placeholder('score', '', true), literal('x')], ':'],
    ['{user-id}-x', [placeholder('user-id'), literal('x')], '-'],
    ['a::b:c', [literal('a'), literal('b:c')], '::'],
    ['USER#{id}', [placeholder('id', 'USER#')], '|'],
  ]
  for (const [text, segments, delimiter] of good) {
    it(`reads ${JSON.stringify(text)}`, () => {
      const parsed = parseTemplate(text, delimiter)
      if ('fault' in parsed) throw new Error(parsed.fault.message)
      expect(parsed.template).to.deep.include({ text, delimiter: delimiter ?? '#', segments })
      expect(Object.isFrozen(parsed.template)).to.equal(true)
    })
  }

  const bad: [text: string, code: string, position: number, delimiter?: string][] = [
    ['', 'empty-template', 0],
    ['{a', 'unbalanced-braces', 0],
    ['X#{a#b', 'unbalanced-braces', 2],
    ['a}', 'unbalanced-braces', 1],
    ['{a{b}', 'unbalanced-braces', 0],
    ['{a}}', 'unbalanced-braces', 3],
    ['X#{}', 'empty-placeholder', 2],
    ['{:desc}', 'empty-placeholder', 0],
    ['{a.b}', 'bad-name', 0],
    ['{a b}', 'bad-name', 0],
    ['{a}x', 'text-after-placeholder', 3],
    ['{a}{b}', 'two-placeholders', 3],
    ['{a}#{a}', 'repeated-placeholder', 4],
    ['{a:asc}', 'unknown-modifier', 0],
    ['{a:}', 'unknown-modifier', 0],
    ['X\u{10ffff}', 'bad-literal', 1],
    ['X\ud800#{a}', 'bad-literal', 1],
    ['X', 'bad-delimiter', 0, ''],
    ['X', 'bad-delimiter', 0, '{'],
    ['X', 'bad-delimiter', 0, '\u{10ffff}'],
  ]
  for (const [text, code, position, delimiter] of bad) {
    it(`finds ${code} in ${JSON.stringify(text)}`, () => {
      expect(parseTemplate(text, delimiter)).to.have.property('fault').that.includes({ code, position })
    })
  }
})
