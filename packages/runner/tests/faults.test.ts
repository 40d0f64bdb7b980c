import { readdirSync, utimesSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { server } from './support/project.ts'
import { Session } from './support/session.ts'
import { until } from './support/until.ts'

const types = [
  'hot-hook:invalidated',
  'hot-hook:full-reload',
  'hot-hook:updated',
  'hot-hook:failed',
  'hot-hook:loaded',
  'hot-hook:started',
  'hot-hook:explained',
  'hot-hook:dumped',
  'hot-hook:settled',
  'hot-runner:booted',
  'hot-runner:error',
  'hot-runner:listening',
  'hot-runner:waiting',
  'hot-runner:unusable',
  'hot-runner:drained',
  'hot-runner:inspector-closed',
]

/** What a script may say on the channel and on the pipe, of which the runner understands nothing. */
const garbage = `
const values = [null, true, -1, '', [], [[]], {}, 'x'.repeat(5000)]
for (const type of ${JSON.stringify(types)}) {
  for (const value of values) {
    process.send({
      type, id: value, path: {}, paths: value, files: value, modules: value, boundaries: value,
      durationMs: value, phase: value, file: value, message: {}, text: {}, stamps: value,
      address: {}, port: value, reason: {}, packages: value, rootDirectory: value, stale: value,
      stack: value, location: value, frame: value, takenPort: value, chain: value, advice: value,
    })
  }
}
for (const value of [...values.slice(1), { type: null }, { type: ['hot-hook:updated'] }]) process.send(value)
import { writeSync } from 'node:fs'
writeSync(4, 'nonsense\\n\\0\\u{10ffff}{"type":"ping"}' + 'y'.repeat(20_000))
console.log('said')`

describe('the runner lives on', () => {
  test('when the script says on the channel and on the pipe what nobody understands', async () => {
    await using session = new Session({
      'server.js': server('one', "import './app.js'\nimport './garbage.js'"),
      'app.js': '',
      'garbage.js': garbage,
    })
    await session.run(['server.js'])
    await session.seeAll('said', 'up one')
    for (const round of [1, 2, 3]) {
      session.project.save('app.js', `// ${round}`)
      await session.seeAll('full reload: app.js', 'up one')
    }
    expect(await session.get()).toMatch(/^one /)
    expect(session.output).not.toMatch(/crashed|at .*packages\/runner/)
  })

  test.skipIf(process.platform === 'win32')(
    'when somebody writes nonsense to its socket',
    async () => {
      await using session = new Session({
        'server.js': server('one', "import './app.js'"),
        'app.js': '',
      })
      const cache = session.project.path('cache')
      await session.run(['server.js'], { env: { XDG_CACHE_HOME: cache } })
      await session.see('up one')
      const runners = join(cache, 'hot-hook', 'runners')
      const [name = ''] = await until('socket', () => {
        const names = readdirSync(runners).filter((each) => each.endsWith('.sock'))
        return names.length > 0 ? names : undefined
      })
      const requests = [
        '\n',
        'nonsense\n',
        'null\n',
        '[]\n',
        '{"ask":"status","patience":-1}\n',
        '{"ask":"explain","files":[null]}\n',
        '{"ask":"explain","files":["\\u0000"]}\n',
        '{"ask":"constructor"}\n',
        'x'.repeat(1_500_000),
        '\0\xff\n',
      ]
      for (const request of requests) {
        await new Promise<void>((resolve) => {
          const socket = connect(join(runners, name))
          socket.on('error', () => {})
          socket.on('close', () => resolve())
          socket.resume()
          socket.write(request)
        })
      }
      // Who asks may go at once.
      connect(join(runners, name))
        .on('error', () => {})
        .destroy()
      session.project.save('app.js', '// changed')
      await session.seeAll('full reload: app.js', 'up one')
      expect(session.output).not.toMatch(/crashed|Error/)
    },
  )

  test('when a file of a script that crashes is from the future: that is no save', async () => {
    const broken = `${server('one')}\nconsole.log('starts')\nthrow new Error('broken')`
    await using session = new Session({ 'server.js': broken, 'other.js': '' })
    const future = new Date(Date.now() + 3_600_000)
    for (const path of ['server.js', 'other.js']) {
      utimesSync(session.project.path(path), future, future)
    }
    await session.run(['server.js'])
    await session.see('waiting for a save')
    session.project.save('later.js', '')
    await session.see('later.js was saved')
    await session.see('waiting for a save')
    session.project.save('server.js', server('two'))
    await session.see('up two')
    expect(session.count('starts')).toBeLessThanOrEqual(4)
    expect(session.count('starts')).toBeGreaterThanOrEqual(2)
  })

  test('when nobody reads what it prints', async () => {
    await using session = new Session({ 'server.js': server('0'), 'app.js': '' })
    await session.run(['server.js'])
    await session.see('up 0')
    session.stopReading()
    for (const version of ['1', '2', '3']) {
      session.project.save('server.js', server(version))
      await until(`answer ${version}`, async () =>
        (await session.get().catch(() => '')).startsWith(`${version} `),
      )
    }
  })

  test('when a dispose handler ends the process, as it ends it without Hot Hook', async () => {
    await using session = new Session({
      'server.js': server('one', "import './app.js'"),
      'app.js': 'import.meta.hot.accept()\nimport.meta.hot.dispose(() => process.exit(7))',
    })
    await session.run(['server.js'])
    await session.see('up one')
    session.project.save('app.js', 'import.meta.hot.accept()')
    await session.see('crashed (exit code 7)')
    await session.see('waiting for a save')
    session.project.save('server.js', server('two'))
    await session.see('up two')
  })
})
