import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { openPage } from '../../../../tools/browser.ts'

/** A page, and everything that its console and its scripts complain of. */
export interface WatchedPage {
  page: Page
  complaints: string[]
}

export async function openWatchedPage(): Promise<WatchedPage> {
  const page = await openPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    const { url } = message.location()
    // Browsers ask for it by themselves.
    if (url.endsWith('/favicon.ico')) return
    if (message.type() === 'error' || message.type() === 'warning') {
      complaints.push(`${message.type()}: ${message.text()} ${url}`)
    }
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  onTestFinished(({ task }) => {
    if (task.result?.state === 'fail' && complaints.length > 0) {
      console.warn(`the page complained: ${complaints.join('\n')}`)
    }
  })
  return { page, complaints }
}

/** As `expect.poll`, with a deadline for a machine that is busy. */
export function soon<T>(ask: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(ask, { timeout: 15_000 })
}

/** When the document of a page was made, in milliseconds since 1970. */
export async function madeAt(page: Page): Promise<number> {
  // While it is renewed there is none.
  return Number(await page.evaluate('performance.timeOrigin').catch(() => 0))
}

export async function scrolledTo(page: Page): Promise<number> {
  return Number(await page.evaluate('scrollY').catch(() => -1))
}

export async function colorOf(page: Page, selector: string): Promise<string> {
  const script = `getComputedStyle(document.querySelector(${JSON.stringify(selector)})).color`
  return String(await page.evaluate(script).catch(() => ''))
}

/** What a page shows, as it says itself. */
interface Sight {
  heading: string
  /** How far it is scrolled, in pixels. */
  y: number
  /** In milliseconds since 1970. */
  at: number
}

const say = `(() => {
  let heading
  const say = () => {
    heading = document.querySelector('h1')?.textContent
    if (heading) sighted__({ heading, y: scrollY, at: Date.now() })
  }
  new MutationObserver(() => {
    if (document.querySelector('h1')?.textContent !== heading) say()
  }).observe(document, { childList: true, characterData: true, subtree: true })
  addEventListener('scroll', say)
})()`

/**
 * Has every document of a page say when its heading is there and how far it is scrolled. A locator looks twice a
 * second when it has waited for a while: what it sees is no time.
 *
 * @returns resolves when a heading is seen scrolled to `y`, with the time
 */
export async function followSights(
  page: Page,
): Promise<(heading: string, y: number) => Promise<number>> {
  const sights: Sight[] = []
  await page.exposeFunction('sighted__', (sight: Sight) => sights.push(sight))
  await page.addInitScript(say)
  return async (heading, y) => {
    const find = () => sights.find((sight) => sight.heading === heading && sight.y === y)
    await soon(find).toBeDefined()
    return find()?.at ?? Number.NaN
  }
}
