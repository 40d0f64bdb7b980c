import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const own = realpathSync(fileURLToPath(new URL('../../..', import.meta.url)))
const register = ['--import', 'hot-hook/register']
const files = {
  'src/server.js': `let last
setInterval(async () => {
  const { value } = await import('./app.js')
  if (value !== last) console.log('value ' + value)
  last = value
}, 5)
console.log('started')`,
  'src/app.js': 'export const value = 0',
}

describe.each(nodeMajors)('on Node %s, with --permission', (node) => {
  /** Starts the program with these flags; `.` in them is its directory. */
  function start(...flags: string[]): App {
    const nodeArguments: string[] = []
    const app = new App(files, { node, nodeArguments, entry: 'src/server.js' })
    const given = flags.map((flag) => flag.replace('=.', `=${app.directory}`))
    nodeArguments.push('--permission', `--allow-fs-read=${own}`, ...given, ...register)
    return app.start()
  }

  it('the files of the program have to be readable; a save is hot, a restart needs its flag', async () => {
    const app = start('--allow-fs-read=.')
    await app.output('value 0')
    for (const value of [1, 2, 3]) {
      app.save('src/app.js', `export const value = ${value}`)
      await app.output(`value ${value}`)
    }
    app.save('.env', 'A=1')
    await app.output(
      'restart the process to use the change: it cannot restart itself, with --permission it needs --allow-child-process for that',
    )
    app.save('src/app.js', 'export const value = 4')
    await app.output('value 4')
  })

  it('and --allow-child-process a restart in place works', async () => {
    const app = start('--allow-fs-read=.', '--allow-child-process')
    for (const count of [1, 2, 3]) {
      const starts = () => app.stdout.split('started').length - 1
      await app.until('start', () => app.stdout.split('value 0').length - 1 === count)
      app.save('.env', `A=${count}`)
      await app.until('restart', () => starts() === count + 1)
    }
  })

  it('a directory that may not be read is said with the flag that lets it be watched', async () => {
    const app = start(
      '--allow-fs-read=./src',
      '--allow-fs-read=./package.json',
      '--allow-fs-read=./node_modules',
    )
    await app.output('value 0')
    await app.output(
      `cannot watch ${app.directory}: with --permission it needs --allow-fs-read=${app.directory};`,
    )
    app.save('src/app.js', 'export const value = 1')
    await app.output('value 1')
    expect(app.stderr.split('cannot watch').length - 1).toBe(1)
  })
})
