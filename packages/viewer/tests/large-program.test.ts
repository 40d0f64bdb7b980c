import { expect, test } from 'vitest'
import { describeInBrowser } from '../../../tools/browser.ts'
import { appWithViewer, viewerAddress } from './support/apps.ts'
import { openWatchedPage, soon } from './support/page.ts'
import { largeProgram } from './support/programs.ts'

const storm = 200

/** Notes how long scripts block the page: in the page, before anything else runs. */
const observeLongTasks = `
globalThis.longTasks = []
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) globalThis.longTasks.push(Math.round(duration))
}).observe({ type: 'longtask', buffered: true })`

describeInBrowser('the page of 2,000 modules', () => {
  test('finds and shows a file, and misses no event of a storm', async ({ annotate }) => {
    const app = appWithViewer(largeProgram(2_000)).start()
    await app.get('/')
    const address = await viewerAddress(app)
    const { page, complaints } = await openWatchedPage()
    await page.addInitScript(observeLongTasks)
    const opened = performance.now()
    await page.goto(address)
    await page.locator('canvas[data-drawn="2000"]').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('orders-3-model')
    await page.keyboard.press('Enter')
    await page
      .locator('[data-file="app/orders/models/orders-3-model.js"] [data-outcome=hot]')
      .waitFor()
    await annotate(`interactive after ${Math.round(performance.now() - opened)} ms`)

    await page.evaluate('longTasks.length = 0')
    const file = 'app/users/mailers/users-40-mailer.js'
    for (let count = 0; count < storm; count++) {
      app.save(file, `export const name = ${count}\n`)
      await app.get('/')
    }
    const events = page.getByTestId('event-count')
    // One that says that it is stale, and one that it is loaded.
    await soon(async () => Number(await events.textContent())).toBe(2 * storm)
    await page.locator('[data-event=update]', { hasText: file }).first().waitFor()
    const longest = await page.evaluate('Math.max(0, ...longTasks)')
    await annotate(`the page was blocked for ${longest} ms at most`)
    expect(complaints).toEqual([])
  }, 180_000)
})
