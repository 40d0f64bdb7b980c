import { syntheticUrl } from './instances/module-url.ts'
import { type Facades, facadeUrl } from './live-bindings/facade.ts'
import { updateSource } from './sources/additions.ts'
import { CompileCheck, checkUrl } from './sources/compile-check.ts'

const updateUrl = syntheticUrl('update')

/** The modules that exist only in this process, by their URL. */
export class SyntheticModules {
  readonly compileCheck = new CompileCheck()
  readonly emptyUrl = `${checkUrl}-empty`
  readonly #facades: Facades
  readonly #updates = new Map<string, string>()
  #count = 0

  constructor(facades: Facades) {
    this.#facades = facades
  }

  /** A module that imports all that an update loads; returns its URL. */
  addUpdate(modules: Parameters<typeof updateSource>[0]): string {
    return this.add(updateSource(modules))
  }

  /** A module with this source; returns its URL. */
  add(source: string): string {
    const url = `${updateUrl}${++this.#count}`
    this.#updates.set(url, source)
    return url
  }

  removeUpdate(url: string): void {
    this.#updates.delete(url)
  }

  /** Part of a compile check: what it imports is of no interest. */
  isCheck(url: string): boolean {
    return url.startsWith(checkUrl)
  }

  load(url: string): { format: string; source: string } {
    if (this.isCheck(url)) return this.compileCheck.load(url)
    const source = url.startsWith(facadeUrl) ? this.#facades.source(url) : this.#updates.get(url)
    return { format: 'module', source: source ?? '' }
  }
}
