import { HotHookOptionsError } from '../../src/options/options.ts'

/** The error of wrong options that `run` throws. */
export function errorOf(run: () => unknown): HotHookOptionsError {
  try {
    run()
  } catch (error) {
    if (error instanceof HotHookOptionsError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
