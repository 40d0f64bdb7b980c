import { readdirSync, readFileSync, realpathSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { App, type AppOptions } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const examples = fileURLToPath(new URL('../../../../../examples', import.meta.url))

/** A copy of an example, with the packages that it depends on. */
function copy(name: string, options: AppOptions): { app: App; files: Record<string, string> } {
  const directory = join(examples, name)
  const files: Record<string, string> = {}
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (/(^|[/\\])node_modules([/\\]|$)/.test(path)) continue
    if (statSync(join(directory, path)).isFile()) {
      files[path.replaceAll('\\', '/')] = readFileSync(join(directory, path), 'utf8')
    }
  }
  const manifest = JSON.parse(files['package.json'] as string) as {
    dependencies: Record<string, string>
  }
  const app = new App(files, { env: { PORT: '0', EVERY_MS: '40' }, ...options })
  for (const dependency of Object.keys(manifest.dependencies)) {
    if (dependency === 'hot-hook') continue
    const installed = realpathSync(join(directory, 'node_modules', dependency))
    symlinkSync(installed, app.path(`node_modules/${dependency}`), 'junction')
  }
  return { app, files }
}

/** Saves a file of the example with one text in place of another, and waits for the update. */
async function edit(app: App, source: string | undefined, path: string, from: string, to: string) {
  if (!source?.includes(from)) throw new Error(`${path} does not contain ${from}`)
  const before = app.stderr.length
  app.save(path, source.replace(from, to))
  await app.until(`update of ${path}`, () => app.stderr.slice(before).includes(`${path} changed`))
}

describe.each(nodeMajors)('the examples on Node %s', (node) => {
  it('express-accept: a route changes, server and connections stay', async () => {
    const { app, files } = copy('express-accept', { node })
    app.start()
    expect(await app.get()).toBe('Welcome')
    expect(await app.get('/users')).toBe('["Ada","Grace"]')
    await edit(app, files['routes/users.js'], 'routes/users.js', "'Grace'", "'Grace', 'Edsger'")
    expect(await app.get('/users')).toBe('["Ada","Grace","Edsger"]')
    await edit(app, files['app.js'], 'app.js', 'Welcome', 'Hello')
    expect(await app.get()).toBe('Hello')
    expect(await app.get('/users')).toBe('["Ada","Grace","Edsger"]')
    // A save that does not compile leaves what was there.
    app.save('app.js', 'const app = (')
    await app.output('app.js could not be loaded; the old program runs on')
    expect(await app.get()).toBe('Hello')
    expect(app.stdout.match(/listening/g)).toHaveLength(1)
  })

  it('sqlite-handover: connection and server are handed on, and closed when they are done', async () => {
    const { app, files } = copy('sqlite-handover', { node })
    app.start()
    expect(await app.get('/?add=first')).toBe('notes: first')
    await edit(app, files['notes.js'], 'notes.js', 'notes: $', 'NOTES: $')
    expect(await app.get('/?add=second')).toBe('NOTES: first, second')
    await edit(app, files['database.js'], 'database.js', '/** The', '/** THE')
    expect(await app.get()).toBe('NOTES: first, second')
    await edit(app, files['server.js'], 'server.js', 'const hot =', '// changed\nconst hot =')
    expect(await app.get()).toBe('NOTES: first, second')
    expect(app.stdout.match(/listening/g)).toHaveLength(1)
    const without = 'export const handle = (_, response) => response.end("nothing")'
    await edit(app, without, 'notes.js', 'nothing', 'no notes')
    expect(await app.get()).toBe('no notes')
    await app.output('database closed')
  })

  it('background-job: the old job ends before the new one begins', async () => {
    const { app, files } = copy('background-job', { node, entry: 'main.js' })
    app.start()
    await app.output('all is well')
    await edit(app, files['report.js'], 'report.js', 'all is well', 'all is fine')
    await app.output('all is fine')
    await edit(app, files['job.js'], 'job.js', "'begin'", "'BEGIN'")
    await app.output('BEGIN\nall is fine')
    const runs = app.stdout.replace('started\n', '').split('stopped\n')
    expect(runs).toHaveLength(3)
    expect(runs[0]).toMatch(/^(begin\nall is well\n)+$/)
    expect(runs[1]).toMatch(/^(begin\nall is fine\n)*$/)
    expect(runs[2]).toMatch(/^(BEGIN\nall is fine\n)+(BEGIN\n)?$/)
  })
})

describe('the examples without Hot Hook', () => {
  it.each([
    ['express-accept', 'server.js', /listening on \d+/],
    ['sqlite-handover', 'server.js', /listening on \d+/],
    ['background-job', 'main.js', /all is well/],
  ])('%s runs as it is', async (name, entry, expected) => {
    const { app } = copy(name, { entry, nodeArguments: [] })
    app.start()
    await app.output(expected)
  })
})
