// Every TypeScript example of README and guides is type-checked and executed, and prints what the page says it prints.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

interface Examples {
  /** The code of each file that the page shows; blocks of one file follow each other. */
  readonly files: ReadonlyMap<string, string>
  /** What the page says is printed, in order. */
  readonly outputs: readonly string[]
}

/**
 * A block names its file in its first line, `// shop.ts`; one that names none belongs to the file before. `main.ts` or `app.ts` is run;
 * where there is none, every file that no other imports, one after the other. Then every test is run.
 */
function examplesOf(markdown: string): Examples {
  const files = new Map<string, string>()
  const outputs: string[] = []
  let current = 'main.ts'
  for (const [, language, text = ''] of markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (language === 'text') outputs.push(text.trim())
    if (language !== 'ts') continue
    current = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1] ?? current
    files.set(current, `${files.get(current) ?? ''}${text}`)
  }
  return { files, outputs }
}

/** The pages with examples. Generated ones are not among them: what they show is executed when they are generated. */
function pages(): string[] {
  const guides = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
  const all = ['README.md', ...guides.map((name) => join('docs', name))]
  return all.filter((page) => {
    const text = readFileSync(join(root, page), 'utf8')
    return !text.startsWith('<!-- generated') && examplesOf(text).files.size > 0
  })
}

const settings = {
  extends: '../../../tsconfig.json',
  compilerOptions: {
    paths: {
      singlet: ['../../../lib/index.ts'],
      'singlet/local': ['../../../lib/local/index.ts'],
      'singlet/patterns': ['../../../patterns/index.ts'],
    },
    noUnusedLocals: false,
  },
  include: ['*.ts'],
}

describe('the examples in the documentation', () => {
  const found = pages()

  it('are there', () => expect(found).to.include('README.md').and.include(join('docs', 'getting-started.md')))

  for (const page of found) {
    it(`of ${page} compile, run, and print what they say`, async () => {
      const { files, outputs } = examplesOf(readFileSync(join(root, page), 'utf8'))
      await mkdir(join(root, 'test', '.examples'), { recursive: true })
      const folder = await mkdtemp(join(root, 'test', '.examples', 'page-'))
      try {
        await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings))
        for (const [name, code] of files) await writeFile(join(folder, name), code)
        await runHere(folder, 'node_modules/typescript/bin/tsc', ['-p', folder])
        const execute = (name: string) => {
          const tsx = ['--tsconfig', join(folder, 'tsconfig.json'), join(folder, name)]
          return runHere(folder, 'node_modules/tsx/dist/cli.mjs', tsx)
        }
        const names = [...files.keys()]
        const main = names.find((name) => name === 'main.ts' || name === 'app.ts') ?? 'programs.ts'
        if (main === 'programs.ts') await writeFile(join(folder, main), sequenceOf(files))
        const printed = await execute(main)
        for (const name of names.filter(isTest)) expect(await execute(name)).to.match(/^\S+ fail 0$/m)
        let position = 0
        for (const output of outputs) {
          const at = printed.indexOf(output, position)
          expect(
            at,
            `${page} says that this is printed:\n${output}\nbut what is printed is:\n${printed.slice(position)}`,
          ).to.be.at.least(0)
          position = at + output.length
        }
      } finally {
        await rm(folder, { recursive: true })
      }
    })
  }
})

/** A program that runs the files which are no part of others. Modules that are imported together do not wait for each other. */
function sequenceOf(files: ReadonlyMap<string, string>): string {
  const code = [...files.values()].join('\n')
  const programs = [...files.keys()].filter((name) => !isTest(name) && !code.includes(`from './${name}'`))
  return programs.map((name) => `await import('./${name}')\n`).join('')
}

/** A file for a test runner is a program of its own. */
const isTest = (name: string) => name.endsWith('.test.ts')

/** Runs a tool of the project; a failure shows what it printed. */
async function runHere(cwd: string, tool: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(process.execPath, [join(root, tool), ...args], {
      cwd,
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    })
    return stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${tool} failed:\n${stdout ?? ''}\n${stderr ?? ''}`, { cause: error })
  }
}
