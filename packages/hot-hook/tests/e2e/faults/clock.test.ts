import { readdirSync, utimesSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { App, type AppOptions, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { invalidations } from '../../harness/waiting-program.ts'

const app = (value: number) => `export default (_, response) => response.end('${value}')`
const files = {
  'server.js': serverImporting('./app.js'),
  'app.js': "export { default } from './model.js'",
  'model.js': app(0),
  '.env': 'A=0',
  // How far the clock of the process is from that of the machine.
  offset: '+0',
}

/** Debian's library that changes the clock of one process, and leaves its monotonic one alone. */
const library = libraries()[0]
if (!library) console.warn('!!! NOT RUN: clocks that jump, since faketime is not installed')

function libraries(): string[] {
  try {
    return readdirSync('/usr/lib')
      .map((name) => `/usr/lib/${name}/faketime`)
      .filter((directory) => contains(directory, 'libfaketimeMT.so.1'))
      .map((directory) => `${directory}/libfaketimeMT.so.1`)
  } catch {
    return []
  }
}

function contains(directory: string, name: string): boolean {
  try {
    return readdirSync(directory).includes(name)
  } catch {
    return false
  }
}

const faked = (env: Record<string, string>): AppOptions => ({
  hasParent: true,
  env: {
    LD_PRELOAD: library ?? '',
    FAKETIME_TIMESTAMP_FILE: 'offset',
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
    ...env,
  },
})

const reloads = ({ messages }: App) =>
  messages.filter(({ type }) => type === 'hot-hook:full-reload').length

describe.skipIf(!library).each(nodeMajors)('on Node %s', (node) => {
  it.each([
    ['with that of the files', {}],
    ['and that of the files does not', { NO_FAKE_STAT: '1' }],
  ])('when the clock jumps, %s, each answer is new and each save one update', async (_, env) => {
    const running = new App(files, { node, ...faked(env) }).start()
    expect(await running.get()).toBe('0')
    let value = 0
    for (const offset of ['+0', '+3600', '-3600', '-86400', '+86400', '+0']) {
      running.save('offset', offset)
      for (const way of ['save', 'saveByRename'] as const) {
        value++
        running[way]('model.js', app(value))
        expect(await running.get(), offset).toBe(String(value))
        running[way]('model.js', app(value))
      }
      running.save('.env', `A=${value}`)
      await running.until('full reload', () => reloads(running) === value / 2)
    }
    expect(invalidations(running)).toEqual(Array(value).fill('model.js app.js'))
  })

  it.each(['-3600', '+3600'])(
    'a process whose clock is %s s from that of the files starts once',
    async (offset) => {
      const running = new App(
        { ...files, offset },
        { node, ...faked({ NO_FAKE_STAT: '1' }) },
      ).start()
      for (const value of [1, 2, 3]) {
        running.save('model.js', app(value))
        await running.until('answer', async () => (await running.get()) === String(value))
      }
      // A new one takes its time; what was there before would have been told by then.
      // Until chokidar has begun, one that comes is known by its time: it is saved again.
      let saves = 0
      await running.until('full reload', () => {
        running.save('.env.local', `A=${saves++}`)
        return reloads(running) > 0
      })
      const { path } = await running.message('hot-hook:full-reload')
      expect(path).toBe(running.path('.env.local'))
    },
  )
})

describe.each(nodeMajors)('on Node %s', (node) => {
  it('files with any time, in the future or before 1970, are known by their content', async () => {
    const running = new App(files, { node, hasParent: true }).start()
    expect(await running.get()).toBe('0')
    let value = 0
    for (const year of [2100, 1960, 1970, 2100, 2100, 2024]) {
      value++
      running.save('model.js', app(value))
      utimesSync(running.path('model.js'), new Date(`${year}-01-01`), new Date(`${year}-01-01`))
      expect(await running.get(), String(year)).toBe(String(value))
      utimesSync(running.path('model.js'), new Date(), new Date(`${year + 1}-01-01`))
      expect(await running.get(), String(year)).toBe(String(value))
    }
    expect(invalidations(running)).toEqual(Array(value).fill('model.js app.js'))
    expect(reloads(running)).toBe(0)
  })
})
