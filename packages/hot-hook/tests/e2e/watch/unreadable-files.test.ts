import { chmodSync, renameSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { App, hasOrdinaryUser, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const model = (value: number) => `export const value = ${value}`
const files = {
  'app.js': `import { value } from './lib/model.js'
    export default (_, response) => response.end(String(value))`,
  'lib/model.js': model(0),
}
const asked = serverImporting('./app.js')
const accepted = `import { value } from './lib/model.js'
  import http from 'node:http'
  const server = http.createServer((_, response) => response.end(String(value)))
  server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))
  import.meta.hot.accept('./lib/model.js')`

const faults = [
  {
    fault: 'a link to itself',
    reason: 'ELOOP',
    spoil(app: App) {
      rmSync(app.path('lib/model.js'))
      symlinkSync('model.js', app.path('lib/model.js'))
    },
    mend: (app: App, value: number) => {
      rmSync(app.path('lib/model.js'))
      app.save('lib/model.js', model(value))
    },
  },
  {
    fault: 'in a closed directory',
    reason: 'EACCES',
    spoil: (app: App) => chmodSync(app.path('lib'), 0o000),
    mend: (app: App, value: number) => {
      app.save('lib/model.js', model(value))
      chmodSync(app.path('lib'), 0o755)
    },
  },
  {
    fault: 'a file that nobody may read',
    reason: 'EACCES',
    spoil: (app: App) => chmodSync(app.path('lib/model.js'), 0o000),
    mend: (app: App, value: number) => {
      app.save('lib/model.js', model(value))
      chmodSync(app.path('lib/model.js'), 0o644)
    },
  },
]

const isChokidar = process.env.HOT_HOOK_WATCHER === 'chokidar'

if (!hasOrdinaryUser) {
  console.warn(
    '!!! NOT RUN: files that an ordinary user may not read, since this checkout is closed to one',
  )
}

describe.skipIf(process.platform === 'win32').each(nodeMajors)('on Node %s', (node) => {
  const testable = faults
    .filter(({ reason }) => reason === 'ELOOP' || hasOrdinaryUser)
    // chokidar watches a directory no longer that was closed once: a save there waits for an import().
    .filter(({ fault }) => fault !== 'in a closed directory' || !isChokidar)
  describe.each(testable)('$fault', ({ reason, spoil, mend }) => {
    it.each([
      ['asked for', asked],
      ['accepted', accepted],
    ])('%s is reported once, ends nothing, and heals, each time', async (way, server) => {
      const app = new App(
        { ...files, 'server.js': server },
        { node, isOrdinaryUser: hasOrdinaryUser },
      )
      app.start()
      expect(await app.get()).toBe('0')
      for (const value of [1, 2, 3]) {
        const before = app.stderr.length
        const reports = () => app.stderr.slice(before).split('cannot be read').length - 1
        spoil(app)
        await app.until('report', reports)
        expect(app.stderr.slice(before)).toContain(reason)
        const { status } = await app.request()
        expect(status).toBe(way === 'accepted' ? 200 : 500)
        mend(app, value)
        await app.until('new answer', async () => (await app.get()) === String(value))
        expect(reports()).toBe(1)
      }
    })
  })

  it.each([
    ['asked for', asked],
    ['accepted', accepted],
  ])('a save with the length and the time of before is found, each time, %s', async (_, server) => {
    const app = new App({ ...files, 'server.js': server }, { node })
    const old = new Date('2020-01-01')
    utimesSync(app.path('lib/model.js'), old, old)
    app.start()
    expect(await app.get()).toBe('0')
    for (const value of [1, 2, 3, 4]) {
      await app.until('later time of files', () => ageOf(app, 'lib/model.js') > racyMs)
      // An `import()` reads it again: from now on the times alone say that it has not changed.
      expect(await app.get()).toBe(String(value - 1))
      const path = value % 2 ? 'lib/model.js' : 'lib/model.js~'
      app.save(path, model(value))
      utimesSync(app.path(path), old, old)
      if (path.endsWith('~')) renameSync(app.path(path), app.path('lib/model.js'))
      await app.until('new answer', async () => (await app.get()) === String(value))
    }
  })
})

/** What was read so soon after it was written is compared whatever its times say. */
const racyMs = 20

/** By the kernel's clock for files, in milliseconds since the last change. */
function ageOf(app: App, path: string): number {
  app.save('clock', '')
  return statSync(app.path('clock')).ctimeMs - statSync(app.path(path)).ctimeMs
}
