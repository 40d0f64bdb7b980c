import { coded } from '../log/codes.ts'
import { inOneLine } from '../log/startup-error.ts'
import { assertNodeVersion } from '../node/node-version.ts'
import { ownEnvFiles } from '../reload/environment.ts'
import type { InitArguments } from './init-arguments.ts'
import { type HotOptions, type ResolvedOptions, resolveOptions } from './options.ts'

/** The options that count now. */
export class Settings {
  #options: ResolvedOptions | undefined
  #given: HotOptions | undefined

  /** `undefined` before any were given. */
  get known(): ResolvedOptions | undefined {
    return this.#options
  }

  /** @throws Error with the code ERR_HOT_HOOK_NOT_STARTED before any were given */
  get options(): ResolvedOptions {
    if (!this.#options) {
      const error = new Error('hot.init() has to be called first')
      throw coded('ERR_HOT_HOOK_NOT_STARTED', error)
    }
    return this.#options
  }

  /** As the user wrote them. */
  get given(): HotOptions {
    return this.#given ?? {}
  }

  /**
   * Takes options that replace those given before.
   *
   * @param source where they were written, for errors
   * @throws HotHookOptionsError, and an Error on a Node that is too old: nothing is changed then
   */
  take(source: string, read: () => InitArguments): ResolvedOptions {
    try {
      assertNodeVersion()
      const { given, isOldForm } = read()
      const resolved = resolveOptions(given, {
        cwd: process.cwd(),
        entry: process.argv[1],
        previous: this.#given,
        source,
        // With --import hot-hook/register the globs are those of package.json.
        isOldForm: isOldForm && this.#options === undefined,
        envFiles: ownEnvFiles(),
      })
      this.#options = resolved.options
      this.#given = resolved.given
      return resolved.options
    } catch (error) {
      throw inOneLine(error)
    }
  }
}
