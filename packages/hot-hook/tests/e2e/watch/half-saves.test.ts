import { closeSync, openSync, writeSync } from 'node:fs'
import { expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** From then on, in milliseconds, an empty file counts: a machine may be so slow. */
const settleMs = 200

const page = (text: string) => `export default (_, response) => response.end(${text})`

/**
 * Saves a file as editors do, which empty it and then write, and asks in between.
 *
 * @returns the answer; `undefined` when it took so long that the file counted as empty
 */
async function askInSave(
  app: App,
  source: string,
  meanwhile = () => {},
): Promise<string | undefined> {
  const startedAt = performance.now()
  const file = openSync(app.path('app.js'), 'w')
  meanwhile()
  const answer = await app.get()
  const isInSave = performance.now() - startedAt < settleMs
  writeSync(file, source)
  closeSync(file)
  return isInSave ? answer : undefined
}

/** Three rounds that were fast enough. */
async function threeTimes(round: (text: string) => Promise<boolean>): Promise<void> {
  for (let count = 1, good = 0; good < 3; count++) if (await round(`text ${count}`)) good++
}

it.each(nodeMajors)(
  'what could not be loaded is not run empty while it is saved, on Node %s',
  async (node) => {
    const app = new App(
      { 'server.js': serverImporting('./app.js'), 'app.js': page("'one'") },
      { node },
    ).start()
    expect(await app.get()).toBe('one')
    await threeTimes(async (text) => {
      app.save('app.js', page('is not closed'))
      expect(await app.get()).toContain('SyntaxError')
      const answer = await askInSave(app, page(`'${text}'`))
      expect(await app.get()).toBe(text)
      if (answer !== undefined) expect(answer).toContain('SyntaxError')
      return answer !== undefined
    })
  },
)

it.each(nodeMajors)(
  'what imports a file that was saved is not run empty while it is saved too, on Node %s',
  async (node) => {
    const showing = (shown: string) => `import { text } from './text.js'\n${page(shown)}`
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': showing('text'),
        'text.js': "export const text = 'one'",
      },
      { node },
    ).start()
    expect(await app.get()).toBe('one')
    await threeTimes(async (text) => {
      const answer = await askInSave(app, showing("text + '!'"), () => {
        app.save('text.js', `export const text = '${text}'`)
      })
      expect(await app.get()).toBe(`${text}!`)
      app.save('app.js', showing('text'))
      expect(await app.get()).toBe(text)
      if (answer !== undefined) expect(answer).toBe(text)
      return answer !== undefined
    })
  },
)
