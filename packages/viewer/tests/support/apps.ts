import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, type AppOptions } from '../../../hot-hook/tests/harness/app.ts'
import { installViewer } from './install.ts'

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

/** The address of the viewer of an application, as its log shows it. */
export async function viewerAddress(app: App, path = '/graph'): Promise<string> {
  const port = await app.port()
  await app.get(path)
  const line = await app.output(/the graph: (\S+)/)
  const { pathname, search } = new URL(line.slice(line.indexOf('http')))
  return `http://127.0.0.1:${port}${pathname}${search}`
}
