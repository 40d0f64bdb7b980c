import { hasParent, sendToParent } from './parent.ts'

/** How long files are collected, in milliseconds: a program loads them by the thousand. */
const collectMs = 20

/** Tells the parent which files belong to the program: what it watches when the program crashes. */
export class LoadedFiles {
  readonly #told = new Set<string>()
  #paths: string[] = []
  #timer: NodeJS.Timeout | undefined

  add(file: string): void {
    if (this.#told.has(file) || !hasParent()) return
    if (this.#told.size === 0) process.once('exit', () => this.#send())
    this.#told.add(file)
    this.#paths.push(file)
    this.#timer ??= setTimeout(() => this.#send(), collectMs).unref()
  }

  #send(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const paths = this.#paths.splice(0)
    if (paths.length > 0) sendToParent({ type: 'hot-hook:loaded', paths })
  }
}
