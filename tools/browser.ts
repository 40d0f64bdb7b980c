import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, describe, onTestFinished } from 'vitest'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Where the installers of macOS and Windows put it. */
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  join(process.env.PROGRAMFILES ?? 'C:/Program Files', 'Google/Chrome/Application/chrome.exe'),
]

/** The browser of the tests: what `CHROME_PATH` names, or the Chromium or Chrome of this machine. */
export const chromiumPath: string | undefined = process.env.CHROME_PATH ?? installed()

/** A `describe` for tests in a real browser: skipped on a machine that has none, which one line says. */
export const describeInBrowser: typeof describe.skip = chromiumPath ? describe : describe.skip

if (!chromiumPath) {
  console.warn('SKIPPED: tests in a browser. They need Chromium or Chrome; CHROME_PATH names one.')
}

let browser: Promise<Browser> | undefined

/**
 * A page in headless Chromium, until the end of the test. The tests of a file share the browser; each
 * page has cookies and a cache of its own.
 */
export async function openPage(): Promise<Page> {
  if (!chromiumPath) throw new Error('no Chromium on this machine: use describeInBrowser')
  browser ??= chromium.launch({
    executablePath: chromiumPath,
    // Root cannot have its sandbox; containers have a small /dev/shm.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-dev-shm-usage'],
  })
  const context = await (await browser).newContext()
  onTestFinished(() => context.close())
  return context.newPage()
}

afterAll(async () => {
  await (await browser)?.close()
})

function installed(): string | undefined {
  const path = (process.env.PATH ?? '').split(delimiter)
  const places = path.flatMap((directory) => names.map((name) => join(directory, name)))
  return [...places, ...elsewhere].find((place) => existsSync(place))
}
