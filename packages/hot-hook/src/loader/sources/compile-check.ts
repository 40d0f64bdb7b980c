import { createRequire } from 'node:module'

/** Begins the URL of the modules with which a source is compiled. */
export const checkScheme = 'hot-hook:'
export const checkUrl = `${checkScheme}check`
const bodyUrl = `${checkScheme}check-body`
const stopUrl = `${checkScheme}check-stop`

/**
 * Compiles a source with Node itself, without linking or evaluating it: the module that asks for
 * it asks next for one that cannot be loaded. It takes `syncLinking`; without, one failed `import()` gives
 * the same error object to everybody, which can be located.
 */
export class CompileCheck {
  #body = { format: 'module', source: '' }
  #count = 0

  /** The error that Node gives for this source. */
  error(source: string, format: string | null | undefined, file: string): unknown {
    this.#body = { format: format ?? 'module', source }
    try {
      createRequire(import.meta.url)(`${checkUrl}?${++this.#count}`)
    } catch (error) {
      // Anything else is said by our own module, or by a loader that does not know it.
      if (!(error instanceof SyntaxError)) return undefined
      error.stack = error.stack?.replaceAll(`${bodyUrl}?${this.#count}`, file) ?? ''
      return error
    }
    return undefined
  }

  /** One of the check's own modules. */
  load(url: string): { format: string; source: string } {
    if (url.startsWith(stopUrl)) throw new Error('compiled')
    if (url.startsWith(bodyUrl)) return this.#body
    const isCheck = url.startsWith(`${checkUrl}?`)
    const source = isCheck ? `import '${bodyUrl}?${this.#count}'; import '${stopUrl}'` : ''
    return { format: 'module', source }
  }
}
