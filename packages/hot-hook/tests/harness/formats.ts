import { cpSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { App, type AppOptions } from './app.ts'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))
const register = 'hot-hook/register'

/** A kind of module, with what loads it: one row of the table in docs/formats.md. */
export interface Format {
  name: string
  syntax: 'esm' | 'commonjs'
  extension: 'js' | 'cjs' | 'ts'
  /** What is preloaded with `--import`, in this order. */
  preloads: string[]
  /** TypeScript is compiled (enums, `paths`), not only stripped. */
  isCompiled: boolean
}

const format = (
  name: string,
  extension: Format['extension'],
  preloads = [register],
  syntax: Format['syntax'] = 'esm',
): Format => ({ name, extension, preloads, syntax, isCompiled: preloads.length > 1 })

const tsx = 'tsx'
const oxc = '@oxc-node/core/register'

export const formats: Format[] = [
  format('ES modules', 'js'),
  format('CommonJS', 'cjs', [register], 'commonjs'),
  format('TypeScript, by Node', 'ts'),
  format('TypeScript, tsx first', 'ts', [tsx, register]),
  format('TypeScript, Hot Hook first, then tsx', 'ts', [register, tsx]),
  format('TypeScript, @oxc-node/core first', 'ts', [oxc, register]),
  format('TypeScript, Hot Hook first, then @oxc-node/core', 'ts', [register, oxc]),
]

/** Symlinks packages that this one has installed into an application. */
export function linkPackages(app: App, ...names: string[]): void {
  for (const name of names) {
    const path = app.path(join('node_modules', name))
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(join(modules, name), path, 'junction')
  }
}

/** Installs Hot Hook and what it needs as npm does: loaders leave alone what is in node_modules, but not where a link leads. */
export function installHotHook(app: App): void {
  const installed = app.path('node_modules/hot-hook')
  const linked = realpathSync(installed)
  rmSync(installed)
  for (const name of ['package.json', 'dist']) {
    // What others that run have kept is not installed.
    const filter = (path: string) => !path.endsWith('.code')
    cpSync(join(linked, name), join(installed, name), { recursive: true, filter })
  }
  linkPackages(app, 'chokidar')
}

/** An application that is started with the preloads of `format`; not started yet. */
export function formatApp(
  { preloads, isCompiled }: Format,
  files: Record<string, string>,
  options: AppOptions = {},
): App {
  const tsconfig = {
    compilerOptions: { jsx: 'react-jsx', jsxImportSource: 'hono/jsx', paths: { '~/*': ['./*'] } },
  }
  const app = new App(
    { ...(isCompiled && { 'tsconfig.json': JSON.stringify(tsconfig) }), ...files },
    {
      nodeArguments: preloads.flatMap((preload) => ['--import', preload]),
      ...options,
      // The one that the test runner is started with leads @oxc-node/core to other packages.
      env: { NODE_PATH: '', ...options.env },
    },
  )
  if (isCompiled) linkPackages(app, 'tsx', '@oxc-node/core', 'hono')
  return app
}
