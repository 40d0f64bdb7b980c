import { once } from 'node:events'
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { App, type AppOptions } from '../../../hot-hook/tests/harness/app.ts'

const packageDirectory = fileURLToPath(new URL('../..', import.meta.url))

/**
 * An application that has Hot Hook and the viewer installed: copies, since a linked package would be a
 * part of the program.
 */
export function appWithViewer(
  files: Record<string, string>,
  options: AppOptions = {},
  packages: string[] = [],
): App {
  // What is kept for the next start is not the user's own.
  const env = { XDG_CACHE_HOME: join(tmpdir(), 'cache'), ...options.env }
  const app = new App(files, { ...options, env })
  for (const [name, source] of Object.entries(files)) app.save(name, source)
  installViewer(app.directory, packages)
  return app
}

export function installViewer(directory: string, packages: string[] = []): void {
  const modules = join(directory, 'node_modules')
  rmSync(join(modules, 'hot-hook'), { recursive: true, force: true })
  for (const each of ['dist', 'package.json']) {
    const from = join(packageDirectory, 'node_modules/hot-hook', each)
    cpSync(from, join(modules, 'hot-hook', each), { recursive: true })
  }
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

/** A port below those that the system gives to connections, which take one that is free just now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
