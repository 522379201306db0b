// An application that uses the package as it is published: its declarations in node_modules, and the compiler run on its source.
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

/** What the compiler says of a file. */
export interface Compiled {
  readonly errors: readonly string[]
  /** How many types were instantiated: a measure of the compiler's work that is the same on every machine. */
  readonly instantiations: number
  /** The declarations that it made. */
  readonly declarations: string
}

export interface Consumer {
  compile(source: string): Compiled
  remove(): void
}

/** Makes an application in a folder of its own. */
export function makeConsumer(): Consumer {
  const folder = mkdtempSync(join(tmpdir(), 'singlet-consumer-'))
  const installed = join(folder, 'node_modules/singlet')
  mkdirSync(installed, { recursive: true })
  copyFileSync(join(root, 'package.json'), join(installed, 'package.json'))
  for (const scope of ['@aws-sdk', '@types']) symlinkSync(join(root, 'node_modules', scope), join(folder, 'node_modules', scope))
  const build = ['-p', join(root, 'tsconfig.build.json'), '--emitDeclarationOnly', '--outDir', join(installed, 'dist')]
  execFileSync(process.execPath, [compiler, ...build])
  const compilerOptions = {
    ...{ strict: true, target: 'es2022', lib: ['es2024'], module: 'nodenext', types: ['node'], skipLibCheck: true },
    ...{ declaration: true, outDir: 'dist' },
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['application.ts'] }))
  const declarations = join(folder, 'dist/application.d.ts')
  return {
    compile(source) {
      rmSync(declarations, { force: true })
      writeFileSync(join(folder, 'application.ts'), source)
      const arguments_ = [compiler, '-p', folder, '--extendedDiagnostics', '--pretty', 'false']
      const { stdout } = spawnSync(process.execPath, arguments_, { cwd: folder, encoding: 'utf8' })
      return {
        errors: stdout.split('\n').filter((line) => line.includes('): error TS')),
        instantiations: Number(/^Instantiations:\s+(\d+)/m.exec(stdout)?.[1]),
        declarations: existsSync(declarations) ? readFileSync(declarations, 'utf8') : '',
      }
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}
