import { App, type AppOptions } from './app.ts'

/** A program that waits, so that only the watcher can notice a save, and tells its parent. */
export function waiting(files: Record<string, string> = {}, options: AppOptions = {}): App {
  const program = {
    'server.js': `setInterval(() => {}, 1e9)
      globalThis.load = () => import('./app.js')
      // Start-up is over then.
      setTimeout(() => setTimeout(async () => { await load(); console.log('loaded') }))
      process.on('message', async (message) => {
        if (message === 'load') console.log('value', (await load()).value)
        if (message === 'ping') process.send('pong')
      })`,
    'app.js': "export { value } from './model.js'",
    'model.js': 'export const value = 0',
  }
  return new App({ ...program, ...files }, { hasParent: true, ...options })
}

/** The same, started, with its boundary loaded once. */
export async function started(
  files: Record<string, string> = {},
  options: AppOptions = {},
): Promise<App> {
  const app = waiting(files, options).start()
  await app.output('loaded')
  return app
}

/** The paths of the messages about stale modules, the saved file first. */
export function invalidations(app: App): string[] {
  return app.messages
    .filter(({ type }) => type === 'hot-hook:invalidated')
    .map(({ paths }) => (paths as string[]).map((path) => path.split('/').at(-1)).join(' '))
}

/** Waits until so many updates were told. */
export async function invalidated(app: App, count: number): Promise<void> {
  await app.until(`update ${count}`, () => invalidations(app).length >= count)
}

/** Loads the boundary and waits for the value that it has then. */
export async function load(app: App, value: unknown): Promise<void> {
  app.child.send('load')
  await app.output(`value ${value}\n`)
}
