import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeInBrowser } from '../../../tools/browser.ts'
import type { App } from '../../hot-hook/tests/harness/app.ts'
import { freePort } from '../../hot-hook/tests/harness/free-port.ts'
import { appWithViewer, viewerAddress } from './support/apps.ts'
import { openWatchedPage, soon } from './support/page.ts'
import { smallProgram } from './support/programs.ts'

/** The shop, started, every boundary of it asked for, and its graph in a browser. */
async function openGraph(
  files = smallProgram(),
  env: Record<string, string> = {},
): Promise<{ app: App; page: Page; complaints: string[] }> {
  const app = appWithViewer(files, { env }).start()
  await app.get('/')
  await app.get('/report')
  const watched = await openWatchedPage()
  await watched.page.setViewportSize({ width: 1400, height: 900 })
  await watched.page.goto(await viewerAddress(app))
  await watched.page.locator('canvas[data-drawn]:not([data-drawn="0"])').waitFor()
  return { app, ...watched }
}

async function find(page: Page, text: string): Promise<void> {
  await page.keyboard.press('/')
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

const panel = (page: Page) => page.getByRole('region', { name: 'File' })

describeInBrowser('the page of the graph', () => {
  test('has the files of the program, their imports and their kinds', async () => {
    const { page, complaints } = await openGraph()
    const canvas = page.locator('canvas')
    const files = Object.keys(smallProgram()).length - 1
    await soon(() => canvas.getAttribute('data-files')).toBe(String(files))
    const legend = page.getByRole('region', { name: 'Legend' })
    const count = async (kind: string) =>
      (await legend.locator('label', { hasText: kind }).locator('output').textContent()) ?? ''
    expect(await count('entry')).toBe('1')
    expect(await count('boundary')).toBe('2')
    expect(await count('accepting')).toBe('2')
    expect(await count('wiring')).toBe('1')
    expect(await count('restart')).toBe('1')
    expect(await count('watched file')).toBe('1')
    await find(page, 'controllers/home')
    await panel(page).getByText('Imported by').waitFor()
    expect(
      await panel(page).locator('.links').first().getByRole('button').allTextContents(),
    ).toEqual([' app/routes.js'])
    expect(
      await panel(page).locator('.links').last().getByRole('button').allTextContents(),
    ).toEqual([' app/models/product.js', ' app/views/home.js'])
    expect(complaints).toEqual([])
  })

  test('shows a save as it happens, and what it has loaded', async () => {
    const { app, page } = await openGraph()
    app.save('app/models/product.js', `${smallProgram()['app/models/product.js']}// saved\n`)
    await page.locator('[data-event=invalidate]', { hasText: 'app/models/product.js' }).waitFor()
    await app.get('/')
    await page.locator('[data-event=update]', { hasText: 'reloaded in' }).waitFor()
    await find(page, 'models/product')
    await panel(page)
      .getByText(/in \d+\.\d ms, with \d more/)
      .waitFor()
  })

  test('tells of a file that is clicked where a save of it stops', async () => {
    const { page } = await openGraph()
    const place = (await page.evaluate(`hotHookViewer.placeOf('database/rows.js')`)) as {
      x: number
      y: number
    }
    await page.mouse.click(place.x, place.y)
    await panel(page).locator('[data-outcome=hot]').waitFor()
    expect(await panel(page).getAttribute('data-file')).toBe('database/rows.js')
    const stops = await panel(page).locator('[data-outcome] button').allTextContents()
    expect(stops.toSorted()).toEqual([' app/reports/weekly.js', ' app/routes.js'])
  })

  test('tells of a file that restarts by which path, and the advice of the log', async () => {
    const { app, page } = await openGraph()
    await find(page, 'log.js')
    const outcome = panel(page).locator('[data-outcome=full-reload]')
    await outcome.waitFor()
    expect(await outcome.locator('.chain button').allTextContents()).toEqual([
      ' lib/log.js',
      ' server.js',
    ])
    const advice = (await outcome.locator('.advice').textContent()) ?? ''
    app.save('lib/log.js', 'export const log = (text) => console.log(text + "!")\n')
    const told = await app.output(/lib\/log\.js changed: full reload[\s\S]*hot-runner doctor/)
    for (const line of advice.split('\n')) expect(told).toContain(line)
  })

  test('takes names for text', async () => {
    const name = '</script><img src=x onerror=alert(1)>.js'
    const files = { ...smallProgram(), 'database/rows.js': `export { rows } from './${name}'\n` }
    const { app, page, complaints } = await openGraph({
      ...files,
      [`database/${name}`]: smallProgram()['database/rows.js'] ?? '',
    })
    await find(page, 'onerror')
    await panel(page)
      .locator('.path', { hasText: `database/${name}` })
      .waitFor()
    app.save(`database/${name}`, 'export const rows = <b>\n')
    await page.locator('[data-event=invalidate]').waitFor()
    await app.get('/')
    await page.locator('[data-event=error]', { hasText: '<img src=x onerror=alert(1)>' }).waitFor()
    expect(await page.locator('img').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('hides a kind, and shows only the paths of a file', async () => {
    const { page } = await openGraph()
    const drawn = page.locator('canvas')
    const all = Number(await drawn.getAttribute('data-drawn'))
    await page
      .getByRole('region', { name: 'Legend' })
      .locator('label', { hasText: 'module' })
      .click()
    await soon(async () => Number(await drawn.getAttribute('data-drawn'))).toBeLessThan(all)
    await page
      .getByRole('region', { name: 'Legend' })
      .locator('label', { hasText: 'module' })
      .click()
    await find(page, 'reports/weekly')
    await page.keyboard.press('n')
    // Itself, what it imports, and those above it: routes.js and the entry.
    await soon(() => drawn.getAttribute('data-drawn')).toBe('4')
    await page.keyboard.press('Escape')
    await soon(async () => Number(await drawn.getAttribute('data-drawn'))).toBe(all)
  })

  test('goes on after the program has restarted, without an error in the console', async () => {
    const port = String(await freePort())
    const files = { ...smallProgram() }
    files['server.js'] =
      files['server.js']?.replace('listen(0', 'listen(Number(process.env.PORT)') ?? ''
    const { app, page, complaints } = await openGraph(files, { PORT: port })
    app.save('config/settings.js', `export const settings = { name: 'other' }\n`)
    await page.locator('[data-event="full-reload"]', { hasText: 'config/settings.js' }).waitFor()
    await soon(() => app.stdout.split('listening on').length - 1).toBe(2)
    await app.get('/')
    app.save('app/routes.js', `${files['app/routes.js']}// after\n`)
    await page.locator('[data-event=invalidate]', { hasText: 'app/routes.js' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('is light or dark as the system is', async () => {
    const { page } = await openGraph()
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    await page.emulateMedia({ colorScheme: 'light' })
    const light = await ground()
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await ground()).not.toBe(light)
  })
})
