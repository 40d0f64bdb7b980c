import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { App, hasOrdinaryUser } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const model = (value: number) => `export const value = ${value}`

/** One boundary that is asked for, and one module that is accepted. */
const files = {
  'server.js': `import http from 'node:http'
    import { value } from './src/accepted.js'
    const server = http.createServer(async ({ url }, response) => {
      if (url === '/accepted') return response.end(String(value))
      try {
        response.end(String((await import('./app.js')).value))
      } catch (error) {
        response.writeHead(500).end(String(error.code))
      }
    })
    server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))
    import.meta.hot.accept('./src/accepted.js')`,
  'app.js': "export { value } from './src/model.js'",
  'src/model.js': model(0),
  'src/accepted.js': model(0),
}

interface Fault {
  fault: string
  needsUser?: boolean
  spoil(app: App): void
  mend(app: App): void
}

const faults: Fault[] = [
  {
    fault: 'a directory that is deleted and made again',
    spoil: (app) => app.remove('src'),
    mend: (app) => mkdirSync(app.path('src')),
  },
  {
    fault: 'a directory that is moved away and back',
    spoil: (app) => renameSync(app.path('src'), app.path('away')),
    mend: (app) => renameSync(app.path('away'), app.path('src')),
  },
  {
    fault: 'a directory that another one takes the place of',
    spoil(app) {
      renameSync(app.path('src'), app.path('away'))
      mkdirSync(app.path('src'))
    },
    mend: (app) => rmSync(app.path('away'), { recursive: true }),
  },
  {
    fault: 'a file in the place of the directory',
    spoil(app) {
      app.remove('src')
      app.save('src', 'no directory')
    },
    mend: (app) => app.remove('src'),
  },
  {
    fault: 'directories in the place of the files',
    spoil(app) {
      app.remove('src/model.js')
      app.remove('src/accepted.js')
      mkdirSync(app.path('src/model.js'))
      app.save('src/accepted.js/index.js', '')
    },
    mend(app) {
      app.remove('src/model.js')
      app.remove('src/accepted.js')
    },
  },
  {
    fault: 'a link to nowhere in the place of the directory',
    spoil(app) {
      app.remove('src')
      symlinkSync('nowhere', app.path('src'))
    },
    mend: (app) => app.remove('src'),
  },
  {
    fault: 'a directory that nobody may read',
    needsUser: true,
    spoil: (app) => chmodSync(app.path('src'), 0o000),
    mend: (app) => chmodSync(app.path('src'), 0o755),
  },
]

describe.skipIf(process.platform === 'win32').each(nodeMajors)('on Node %s', (node) => {
  it.each(faults.filter(({ needsUser }) => !needsUser || hasOrdinaryUser))(
    '$fault is an error, ends nothing, and heals with the next save, each time',
    async ({ needsUser = false, spoil, mend }) => {
      const app = new App(files, { node, isOrdinaryUser: needsUser }).start()
      expect(await app.get()).toBe('0')
      for (const value of [1, 2, 3]) {
        spoil(app)
        await app.until('error', async () => (await app.request()).status === 500)
        expect(await app.get('/accepted')).toBe(String(value - 1))
        mend(app)
        app.save('src/model.js', model(value))
        app.save('src/accepted.js', model(value))
        await app.until('new answer', async () => (await app.get()) === String(value))
        await app.until('update', async () => (await app.get('/accepted')) === String(value))
      }
      expect(app.stderr).toMatch(
        /src\/model\.js (?:could not be loaded|cannot be read)|app\.js could not be loaded/,
      )
      expect(app.stderr).not.toMatch(/HOT_HOOK_INTERNAL|full reload/)
    },
  )
})
