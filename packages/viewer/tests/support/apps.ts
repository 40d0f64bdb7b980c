import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { App, type AppOptions } from '../../../hot-hook/tests/harness/app.ts'

const packageDirectory = fileURLToPath(new URL('../..', import.meta.url))

/**
 * An application that has the viewer installed: a copy, since a linked package would be a part of the
 * program.
 */
export function appWithViewer(
  files: Record<string, string>,
  options: AppOptions = {},
  packages: string[] = [],
): App {
  const app = new App(files, options)
  for (const [name, source] of Object.entries(files)) app.save(name, source)
  installViewer(app.directory, packages)
  return app
}

export function installViewer(directory: string, packages: string[] = []): void {
  const modules = join(directory, 'node_modules')
  for (const each of ['dist', 'package.json']) {
    const to = join(modules, '@hot-hook/viewer', each)
    cpSync(join(packageDirectory, each), to, { recursive: true })
  }
  for (const name of ['chokidar', ...packages]) {
    const to = join(modules, name)
    mkdirSync(dirname(to), { recursive: true })
    symlinkSync(join(packageDirectory, 'node_modules', name), to, 'junction')
  }
}

/** The address of the viewer of an application, as its log shows it. */
export async function viewerAddress(app: App, path = '/graph'): Promise<string> {
  const port = await app.port()
  await app.get(path)
  const line = await app.output(/the graph: (\S+)/)
  const { pathname, search } = new URL(line.slice(line.indexOf('http')))
  return `http://127.0.0.1:${port}${pathname}${search}`
}
