import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** Sets the title of the terminal, rings, breaks the line and writes from right to left. */
const name = 'app \x1b]0;owned\x07 \n\r [31m \u202egnp.js'
const shown = 'app \\x1b]0;owned\\x07 \\n\\r [31m \\u202egnp.js'
const handler = (text: string) => `export default (_, response) => response.end('${text}')`
// Terminals know these: a bell, an escape, a line that goes on.
const unprintable = /[^\P{Cc}\n\t]|\u202e/u

/** The lines of the log, without the stacks of errors. */
const lines = (app: App) => app.stderr.split('\n').filter((line) => line.startsWith('[hot-hook] '))

describe.skipIf(process.platform === 'win32').each(nodeMajors)('on Node %s', (node) => {
  it('a file is named in the log by what can be printed of its name', async () => {
    const app = new App(
      { 'server.js': serverImporting(`./${encodeURIComponent(name)}`), [name]: handler('0') },
      { node },
    ).start()
    expect(await app.get()).toBe('0')
    for (const value of [1, 2, 3]) {
      app.save(name, handler(String(value)))
      expect(await app.get()).toBe(String(value))
    }
    await app.until('lines', () => lines(app).length === 3)
    for (const line of lines(app)) {
      expect(line).toContain(`[hot-hook] ${shown} changed: 1 module reloaded in`)
    }
    app.save(name, `export default '\x1b[2J' nonsense`)
    expect((await app.request()).status).toBe(500)
    await app.output(`[hot-hook] ${shown} could not be loaded`)
    expect(app.stderr).not.toMatch(unprintable)
  })

  it('the message of an error is shown by what can be printed of it', async () => {
    const app = new App(
      { 'server.js': serverImporting('./app.js'), 'app.js': handler('0') },
      { node },
    ).start()
    expect(await app.get()).toBe('0')
    for (const value of [1, 2, 3]) {
      app.save('app.js', `throw new Error('number ${value}: \\x1b[2J\\x07\\u202e')`)
      expect((await app.request()).status).toBe(500)
      await app.output(`number ${value}: \\x1b[2J\\x07\\u202e`)
    }
    expect(app.stderr).not.toMatch(unprintable)
  })
})
