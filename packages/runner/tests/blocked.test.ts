import { describe, expect, test } from 'vitest'
import { server } from './support/project.ts'
import { Session } from './support/session.ts'

const blocks = (how: string) => `process.stdin.on('data', () => { console.log('blocked'); ${how} })`
const forever = {
  'an endless loop': 'for (;;) {}',
  'Atomics.wait': 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
}

describe('a script whose event loop is blocked', () => {
  test.each(Object.entries(forever))('by %s is started again by a save', async (_, how) => {
    await using session = new Session({ 'server.js': server('0', blocks(how)) })
    await session.run(['server.js'])
    for (const round of [1, 2]) {
      await session.see(`up ${round - 1}`)
      session.type('now\n')
      await session.see('blocked')
      session.project.save('server.js', server(String(round), blocks(how)))
      await session.see('server.js was saved')
    }
    await session.see('up 2')
  })

  test('for a while is left alone, and its saves are hot again afterwards', async () => {
    const pause = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4500)'
    await using session = new Session({
      'server.js': `import http from 'node:http'
${blocks(`${pause}; console.log('free')`)}
const server = http.createServer(async (request, response) => {
  response.end((await import('./app.js')).default)
})
server.listen(Number(process.env.PORT), () => console.log('up'))`,
      'app.js': `export default 'one'`,
    })
    await session.run(['server.js'])
    await session.see('up')
    expect(await session.get()).toBe('one')
    session.type('now\n')
    await session.see('free')
    for (const text of ['two', 'three', 'four']) {
      session.project.save('app.js', `export default '${text}'`)
      expect(await session.get()).toBe(text)
    }
    expect(session.count('up')).toBe(1)
    expect(session.output).not.toContain('was saved')
  })

  test.each([
    ['data, is left alone', 'openapi.json', 0],
    ['code, is started again three times at most', 'routes.generated.js', 3],
  ])(
    'by its own start, in which it writes %s',
    async (_, file, restarts) => {
      const block = (ms: number) =>
        `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms})`
      await using session = new Session({
        'server.js': server(
          'one',
          `import fs from 'node:fs'`,
          block(500),
          `fs.writeFileSync('${file}', '{ "at": ' + Date.now() + ' }')`,
          block(4500),
        ),
      })
      await session.run(['server.js'])
      await session.see('up one')
      expect(session.count('was saved')).toBe(restarts)
    },
    60_000,
  )

  test('is started again by the last of many quick saves, when it has had its time', async () => {
    const loop = (value: number) =>
      server(String(value), `console.log('loop ${value}')`, 'for (;;) {}')
    await using session = new Session({ 'server.js': loop(0) })
    await session.run(['server.js'])
    for (const round of [1, 2, 3]) {
      await session.see(`loop ${round - 1}`)
      session.project.save('server.js', loop(round))
    }
    await session.see('loop 3')
    session.project.save('server.js', server('mended'))
    await session.see('up mended')
    expect(session.count('was saved')).toBe(4)
  }, 90_000)

  test('by a debugger is left alone', async () => {
    await using session = new Session({
      'server.js': server(
        'one',
        blocks('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4500)'),
        `import inspector from 'node:inspector'`,
        `inspector.open(0)`,
        `setTimeout(() => console.log('attached'), 2500)`,
      ),
      'part.js': '',
    })
    await session.run(['server.js'])
    // The runner has asked once at least, and knows.
    await session.see('attached')
    session.type('now\n')
    await session.see('blocked')
    session.project.save('part.js', '// saved')
    expect(await session.get()).toMatch(/^one /)
    expect(session.output).not.toContain('was saved')
  })
})
