import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './pack.ts'

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url))
const require = createRequire(import.meta.url)
const ofRuntime = createRequire(new URL('../packages/hot-hook/package.json', import.meta.url))

/** The majors of TypeScript that users have, as the files of their packages. */
export const compilers = {
  'TypeScript 7': require.resolve('typescript/package.json'),
  'TypeScript 5': ofRuntime.resolve('typescript/package.json'),
}

/** How TypeScript can be told to find modules, and which fixtures can be compiled so. */
export interface Resolution {
  type: 'module' | 'commonjs'
  module: string
  moduleResolution: string
  sources: string[]
}

const esm = ['api.ts', 'context.ts']
const both = ['api.ts', 'commonjs.cts']

export const resolutions: Resolution[] = [
  { type: 'module', module: 'node16', moduleResolution: 'node16', sources: esm },
  { type: 'module', module: 'nodenext', moduleResolution: 'nodenext', sources: esm },
  { type: 'module', module: 'esnext', moduleResolution: 'bundler', sources: esm },
  { type: 'commonjs', module: 'node16', moduleResolution: 'node16', sources: ['commonjs.cts'] },
  { type: 'commonjs', module: 'nodenext', moduleResolution: 'nodenext', sources: both },
  { type: 'commonjs', module: 'preserve', moduleResolution: 'bundler', sources: both },
]

/** Compiles the fixtures in a project where the packages are installed; what the compiler says. */
export function compile(directory: string, compiler: string, resolution: Resolution): string {
  const { type, module, moduleResolution, sources } = resolution
  const own = join(directory, `${type}-${module}`)
  mkdirSync(own, { recursive: true })
  const compilerOptions = {
    module,
    moduleResolution,
    target: 'es2023',
    lib: ['es2024', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    // What is published is compiled as well.
    skipLibCheck: false,
    noEmit: true,
  }
  writeFileSync(join(own, 'package.json'), JSON.stringify({ type }))
  writeFileSync(join(own, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: sources }))
  for (const source of sources) cpSync(join(fixtures, source), join(own, source))
  const { bin } = JSON.parse(readFileSync(compiler, 'utf8')) as { bin: { tsc: string } }
  const tsc = join(dirname(compiler), bin.tsc)
  return run([process.execPath, tsc, '-p', own, '--pretty', 'false'], directory)
}
