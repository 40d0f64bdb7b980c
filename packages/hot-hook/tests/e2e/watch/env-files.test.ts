import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const register = ['--import', 'hot-hook/register']
const server = `import http from 'node:http'
const server = http.createServer((_, response) => response.end(process.env.A + ' ' + process.env.B))
// By then it is watched.
const say = () => console.log('listening on ' + server.address().port)
server.listen(0, '127.0.0.1', () => setImmediate(setImmediate, say))`

/** The answer of the process that runs now: each start listens on a port of its own. */
function answer(app: App): Promise<string> {
  const port = Number(app.stdout.trim().split(' ').at(-1))
  return app.request('/', port).then(({ body }) => body)
}

describe.each(nodeMajors)('on Node %s', (node) => {
  it.each([
    ['--env-file=', ['--env-file=config/dev.env', '--env-file=other [1].env']],
    ['--env-file with a space', ['--env-file', 'config/dev.env', '--env-file', 'other [1].env']],
    [
      '--env-file-if-exists',
      ['--env-file-if-exists=config/dev.env', '--env-file-if-exists', 'other [1].env'],
    ],
  ])('the files of %s restart the process when they are saved, each time', async (_, given) => {
    const app = new App(
      { 'server.js': server, 'config/dev.env': 'A=0', 'other [1].env': 'B=0' },
      { node, nodeArguments: [...given, ...register], hotHook: { reload: [] } },
    ).start()
    await app.port()
    expect(await answer(app)).toBe('0 0')
    for (const value of [1, 2, 3]) {
      const starts = () => app.stdout.split('listening').length - 1
      const before = starts()
      app.save(value === 2 ? 'other [1].env' : 'config/dev.env', value === 2 ? 'B=2' : `A=${value}`)
      await app.until('restart', () => starts() === before + 1)
    }
    expect(await answer(app)).toBe('3 2')
  })

  it('without a file that Node cannot start without, the old process runs on', async () => {
    const app = new App(
      { 'server.js': server, 'dev.env': 'A=0' },
      { node, nodeArguments: ['--env-file=dev.env', ...register] },
    ).start()
    await app.port()
    app.remove('dev.env')
    await app.output('Node.js does not start without')
    expect(await answer(app)).toBe('0 undefined')
    app.save('dev.env', 'A=1')
    await app.until('restart', () => app.stdout.split('listening').length === 3)
    expect(await answer(app)).toBe('1 undefined')
  })

  it('a file that Node has read and that is gone before it is watched is missed, and restarts when it is back', async () => {
    const app = new App(
      {
        'server.js': `import fs from 'node:fs'\nfs.rmSync('dev.env')\n${server}`,
        'dev.env': 'A=0',
      },
      { node, nodeArguments: ['--env-file=dev.env', ...register] },
    ).start()
    await app.port()
    await app.output('Node.js does not start without')
    app.save('dev.env', 'A=1')
    await app.until('restart', () => app.stdout.split('listening').length === 3)
    expect(await answer(app)).toBe('1 undefined')
  })

  it('a save while the first look at the file reads it is not lost', async () => {
    const app = new App(
      {
        'server.js': 'setInterval(() => {}, 1e9)',
        // Saves the file when Hot Hook has looked at it and is about to read it.
        'save.cjs': `const fs = require('node:fs')
          const { readFileSync } = fs
          fs.readFileSync = (path, ...options) => {
            if (String(path).endsWith('.env')) {
              fs.readFileSync = readFileSync
              require('node:module').syncBuiltinESMExports()
              // The clock of files moves in ticks: the save is later than the start.
              Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
              fs.writeFileSync(path, 'A=1')
            }
            return readFileSync(path, ...options)
          }
          require('node:module').syncBuiltinESMExports()`,
        '.env': 'A=0',
      },
      { node, nodeArguments: ['--require', './save.cjs', ...register], hasParent: true },
    ).start()
    const { path } = await app.message('hot-hook:full-reload')
    expect(path).toBe(app.path('.env'))
  })
})
