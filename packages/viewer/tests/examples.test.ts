import { expect, test } from 'vitest'
import { describeInBrowser } from '../../../tools/browser.ts'
import { Example, type ExampleOptions } from '../../hot-hook/tests/harness/example.ts'
import { freePort } from '../../hot-hook/tests/harness/free-port.ts'
import { colorOf, followSights, madeAt, openWatchedPage, soon } from './support/page.ts'

/** The files of an example that are edited. */
const files = {
  'hono-jsx': { view: 'pages/list.tsx', settings: 'settings.ts' },
  'express-ejs': { view: 'views/list.ejs', settings: 'settings.js' },
}

interface Way {
  how: string
  name: keyof typeof files
  script: 'dev' | 'start'
  options?: ExampleOptions
  /** A process is started before it is needed. */
  hasStandby?: boolean
}

const ways: Way[] = [
  { how: 'under npm run dev', name: 'hono-jsx', script: 'dev', hasStandby: true },
  {
    how: 'without standby',
    name: 'hono-jsx',
    script: 'dev',
    options: { flags: ['--no-standby'] },
  },
  { how: 'under npm run dev', name: 'express-ejs', script: 'dev', hasStandby: true },
  {
    how: 'without standby',
    name: 'express-ejs',
    script: 'dev',
    options: { flags: ['--no-standby'] },
  },
  {
    how: 'without the runner',
    name: 'express-ejs',
    script: 'start',
    options: { nodeArguments: ['--import', 'hot-hook/register'] },
  },
]

/** An example that listens, and how its processes come and go. */
async function start({ name, script, options, hasStandby }: Way) {
  const port = await freePort()
  const app = new Example(name, script, {
    ...options,
    env: { PORT: String(port), NODE_DEBUG: 'hot-hook,hot-runner' },
  }).start()
  await app.output('listening on')
  const count = (pattern: RegExp) => [...app.stderr.matchAll(pattern)].length
  const used = () => count(/standby: process \d+ is used/g)
  return {
    app,
    address: `http://localhost:${port}/`,
    used,
    /** When the next full reload finds a process that waits, where there is to be one. */
    ready: async () => {
      const gone = used() + count(/standby: process \d+ is not used/g)
      const isThere = () => count(/standby: process \d+ waits/g) > gone
      if (hasStandby) await app.until('process that waits', isThere)
    },
  }
}

describeInBrowser('the examples whose pages renew themselves', () => {
  for (const way of ways) {
    test(`${way.name} ${way.how}: each edit is in the page, where it was scrolled to`, async ({
      annotate,
    }) => {
      const { app, address, used, ready } = await start(way)
      const { page, complaints } = await openWatchedPage()
      const seen = await followSights(page)
      // A page that is younger than the process that waits is old as well when that takes over.
      await ready()
      await page.goto(address)
      await page.evaluate('scrollTo(0, 640)')
      const { view, settings } = files[way.name]
      const edits = [
        { file: view, from: 'our list', to: 'our teas', heading: 'Tea: our teas' },
        { file: settings, from: 'Tea', to: 'Coffee', heading: 'Coffee: our teas' },
        { file: settings, from: 'Coffee', to: 'Cocoa', heading: 'Cocoa: our teas' },
        { file: view, from: 'our teas', to: 'our list', heading: 'Cocoa: our list' },
      ]
      // When another process listens.
      const times: number[] = []
      app.child.stdout?.on('data', (text) => {
        if (String(text).includes('listening on')) times.push(Date.now())
      })
      for (const { file, from, to, heading } of edits) {
        await ready()
        // What a page is still made of when its server goes is missed by the browser.
        await page.waitForLoadState()
        times.length = 0
        const usedBefore = used()
        const started = Date.now()
        app.edit(file, from, to)
        const took = (await seen(heading, 640)) - started
        const listened = times.pop()
        // As it was, not as it was meant to be.
        const kind = used() > usedBefore ? 'into a process that waited' : 'cold'
        const what = file === settings ? `full reload, ${kind}` : 'update'
        const since =
          listened === undefined ? '' : `, ${took - (listened - started)} ms after it listened`
        await annotate(`${what}: new page, scrolled, after ${took} ms${since}`)
      }
      expect(complaints).toEqual([])
    })
  }

  test('express-ejs: a style sheet is swapped', async () => {
    const { app, address } = await start({ how: '', name: 'express-ejs', script: 'dev' })
    const { page } = await openWatchedPage()
    await page.goto(address)
    const made = await madeAt(page)
    app.edit('public/shop.css', 'rgb(0, 90, 60)', 'rgb(90, 0, 60)')
    await soon(() => colorOf(page, 'h1')).toBe('rgb(90, 0, 60)')
    expect(await madeAt(page)).toBe(made)
  })
})
