import { expect, test } from 'vitest'
import { describeInBrowser } from '../../../tools/browser.ts'
import { Example } from '../../hot-hook/tests/harness/example.ts'
import { freePort } from '../../hot-hook/tests/harness/free-port.ts'
import { colorOf, followSights, madeAt, openWatchedPage, soon } from './support/page.ts'

interface Edit {
  what: string
  file: string
  from: string
  to: string
  heading: string
  /** What is in the output before the edit is made. */
  after?: RegExp
}

const examples: { name: string; edits: Edit[] }[] = [
  {
    name: 'hono-jsx',
    edits: [
      {
        what: 'update',
        file: 'pages/list.tsx',
        from: 'our list',
        to: 'our teas',
        heading: 'Tea: our teas',
      },
      {
        what: 'full reload',
        file: 'settings.ts',
        from: 'Tea',
        to: 'Coffee',
        heading: 'Coffee: our teas',
      },
      {
        what: 'full reload into a process that waits',
        file: 'settings.ts',
        from: 'Coffee',
        to: 'Cocoa',
        heading: 'Cocoa: our teas',
        // The second: the first one that waited may have been used.
        after: /standby: process \d+ waits[\s\S]*standby: process \d+ waits, 3 packages/,
      },
      {
        what: 'update after it',
        file: 'pages/list.tsx',
        from: 'our teas',
        to: 'our list',
        heading: 'Cocoa: our list',
      },
    ],
  },
  {
    name: 'express-ejs',
    edits: [
      {
        what: 'update',
        file: 'views/list.ejs',
        from: 'our list',
        to: 'our teas',
        heading: 'Tea: our teas',
      },
      {
        what: 'full reload',
        file: 'settings.js',
        from: 'Tea',
        to: 'Coffee',
        heading: 'Coffee: our teas',
      },
      {
        what: 'update after it',
        file: 'views/list.ejs',
        from: 'our teas',
        to: 'our list',
        heading: 'Coffee: our list',
      },
    ],
  },
]

describeInBrowser('the examples whose pages renew themselves', () => {
  for (const { name, edits } of examples) {
    test(`${name}: each edit is in the page, where it was scrolled to`, async ({ annotate }) => {
      const port = await freePort()
      const app = new Example(name, 'dev', {
        env: { PORT: String(port), NODE_DEBUG: 'hot-hook' },
      }).start()
      await app.output('listening on')
      const { page, complaints } = await openWatchedPage()
      const seen = await followSights(page)
      await page.goto(`http://localhost:${port}/`)
      await page.evaluate('scrollTo(0, 640)')
      // When another process listens.
      const times: number[] = []
      app.child.stdout?.on('data', (text) => {
        if (String(text).includes('listening on')) times.push(Date.now())
      })
      for (const { what, file, from, to, heading, after } of edits) {
        if (after) await app.output(after)
        times.length = 0
        const started = Date.now()
        app.edit(file, from, to)
        const took = (await seen(heading, 640)) - started
        const listened = times.pop()
        const since =
          listened === undefined ? '' : `, ${took - (listened - started)} ms after it listened`
        await annotate(`${what}: new page, scrolled, after ${took} ms${since}`)
      }
      expect(complaints).toEqual([])
    })
  }

  test('express-ejs: a style sheet is swapped', async () => {
    const port = await freePort()
    const app = new Example('express-ejs', 'dev', { env: { PORT: String(port) } }).start()
    await app.output('listening on')
    const { page } = await openWatchedPage()
    await page.goto(`http://localhost:${port}/`)
    const made = await madeAt(page)
    app.edit('public/shop.css', 'rgb(0, 90, 60)', 'rgb(90, 0, 60)')
    await soon(() => colorOf(page, 'h1')).toBe('rgb(90, 0, 60)')
    expect(await madeAt(page)).toBe(made)
  })
})
