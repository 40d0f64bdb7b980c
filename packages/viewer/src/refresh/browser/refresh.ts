// In every page that renews itself. It leaves no trace in the page but an overlay when something fails.
import type { ChangeMessage, ErrorMessage, RefreshMessage } from '../messages.ts'
import { type Feed, followFeed } from './feed.ts'
import { Overlay } from './overlay.ts'
import { keepScroll, restoreScroll } from './scroll.ts'
import { sheetPaths, swapSheets } from './sheets.ts'

/** How long an error may take to be told after the answer that it has caused, in milliseconds. */
const errorTime = 300
/** How long a process that was replaced may go on answering, in milliseconds. */
const handoverTime = 30_000

class Page {
  readonly #base: URL
  readonly #since: number
  readonly #boundaries: string[]
  readonly #overlay = new Overlay()
  /** 0: not known. */
  readonly #process: number
  #failedAt = 0
  #isProbing = false
  #isDue = false
  #isLeaving = false

  constructor(script: HTMLScriptElement) {
    this.#base = new URL(script.src)
    this.#since = Number(script.dataset.since ?? Date.now())
    this.#process = Number(script.dataset.process ?? 0)
    this.#boundaries = JSON.parse(script.dataset.boundaries ?? '[]') as string[]
  }

  start(): void {
    const isOwn = this.#base.origin === location.origin
    const feed = followFeed(
      this.#address('refresh-events'),
      isOwn ? this.#address('refresh-worker') : undefined,
      {
        open: () => this.#followSheets(feed),
        lost: () => {},
        data: (data) => this.#receive(JSON.parse(data) as RefreshMessage),
      },
    )
    if (document.readyState !== 'complete') addEventListener('load', () => this.#followSheets(feed))
  }

  #receive(message: RefreshMessage): void {
    if (message.type === 'change') this.#changed(message)
    else if (message.type === 'error') this.#failed(message)
    else if (message.time > this.#since) swapSheets(message.paths)
  }

  #changed(change: ChangeMessage): void {
    const { reason, boundaries } = change
    if (this.#isLeaving || !this.#isBefore(change) || !this.#isTouched(boundaries)) return
    if (reason === 'stale') whenVisible(() => void this.#probe())
    else whenVisible(() => this.#renew())
  }

  #isBefore({ time, pid }: ChangeMessage): boolean {
    if (time > this.#since) return true
    const isOfAnother = pid !== undefined && this.#process !== 0 && pid !== this.#process
    return isOfAnother && Date.now() - time < handoverTime
  }

  #isTouched(boundaries: string[] | undefined): boolean {
    if (!boundaries?.length || this.#boundaries.length === 0) return true
    return boundaries.some((boundary) => this.#boundaries.includes(boundary))
  }

  #failed({ time, error }: ErrorMessage): void {
    if (error) {
      this.#failedAt = time
      this.#overlay.show(error)
    } else this.#overlay.hide()
  }

  /** Asks for the page first: what cannot be loaded leaves this one as it is, with the error over it. */
  async #probe(): Promise<void> {
    this.#isDue = true
    if (this.#isProbing) return
    this.#isProbing = true
    try {
      while (this.#isDue) {
        this.#isDue = false
        const asked = Date.now()
        const answer = await fetch(location.href, {
          headers: { accept: 'text/html' },
          cache: 'no-store',
        })
        await answer.body?.cancel()
        if (answer.status < 500 || !(await this.#failsSince(asked))) return this.#renew()
      }
    } catch {
      // The server restarts: the stream says when it is there again.
    } finally {
      this.#isProbing = false
    }
  }

  async #failsSince(time: number): Promise<boolean> {
    for (const end = Date.now() + errorTime; Date.now() < end; ) {
      if (this.#failedAt >= time || this.#overlay.isShown) return true
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    return false
  }

  #renew(): void {
    if (this.#isLeaving) return
    this.#isLeaving = true
    keepScroll()
    location.reload()
  }

  #followSheets(feed: Feed): void {
    const paths = sheetPaths()
    if (paths.length === 0) return
    const url = new URL(this.#address('refresh-styles'))
    url.searchParams.set('since', String(this.#since))
    for (const path of paths) url.searchParams.append('path', path)
    feed.ask(url.href)
  }

  #address(view: string): string {
    const url = new URL(this.#base)
    url.searchParams.set('view', view)
    return url.href
  }
}

/** Nobody looks at a page in the background: it is renewed when somebody does. */
function whenVisible(act: () => void): void {
  if (!document.hidden) act()
  else document.addEventListener('visibilitychange', act, { once: true })
}

const { currentScript } = document
const key = Symbol.for('hot-hook.refresh')
if (currentScript instanceof HTMLScriptElement && !Object.hasOwn(globalThis, key)) {
  Object.defineProperty(globalThis, key, { value: true })
  restoreScroll()
  new Page(currentScript).start()
}
