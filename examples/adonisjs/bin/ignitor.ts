import { Ignitor } from '@adonisjs/core'

const root = new URL('../', import.meta.url)

/** The application, not started yet. */
export function ignite(): Ignitor {
  const importer = (path: string) =>
    path.startsWith('.') ? import(new URL(path, root).href) : import(path)
  return new Ignitor(root, { importer }).tap((app) => {
    app.listen('SIGTERM', () => app.terminate())
  })
}
