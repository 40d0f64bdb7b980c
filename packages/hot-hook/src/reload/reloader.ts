import type { FullReloadEvent } from '../events.ts'
import { formatChain, type Log, shortPath } from '../log/log.ts'
import { cannotRestartInPlace, prepareRestart } from './full-reload.ts'
import { isShownByParent, sendToParent } from './parent.ts'
import type { FullReloadMessage } from './protocol.ts'

export interface ReloaderHost {
  readonly log: Log
  readonly rootDirectory: string
  /** What to add to the line: what would have made it hot, said once. */
  told(advice: string | undefined): string
  readonly onFullReload: ((info: FullReloadEvent) => void) | undefined
  emit(event: FullReloadEvent): void
  /** Disposes the whole program. */
  disposeAll(): Promise<void>
}

/** Where the walk up the importers ended: at the entry, elsewhere; or there was none. */
export type FullReloadCause = 'entry' | 'obstacle' | 'memory'

interface FullReloadDetails {
  cause: FullReloadCause
  /** The file is in `boundaries`, but imported statically somewhere. */
  shouldBeReloadable: boolean
  /** When the save was noticed, in milliseconds since 1970. */
  noticedAt?: number
}

function describe(event: FullReloadEvent, cause: FullReloadCause, rootDirectory: string): string {
  if (cause === 'memory') return `full reload: ${event.reason}`
  const path = formatChain(event.chain, rootDirectory, cause === 'entry' ? 'entry' : '')
  const why = cause === 'entry' ? '' : ` (${event.reason})`
  return `${shortPath(event.file, rootDirectory)} changed: full reload, ${path}${why}`
}

/** Asks for a fresh start of the program, in the way that this process allows. */
export class Reloader {
  #isRestarting = false

  request(
    event: FullReloadEvent,
    host: ReloaderHost,
    { cause, shouldBeReloadable, noticedAt }: FullReloadDetails,
  ): void {
    if (this.#isRestarting) return
    host.emit(event)
    if (!isShownByParent()) {
      host.log.info(describe(event, cause, host.rootDirectory), host.told(event.advice))
    }
    const message: FullReloadMessage = {
      type: 'hot-hook:full-reload',
      path: event.file,
      shouldBeReloadable,
      ...(noticedAt !== undefined && isShownByParent() && { noticedAt }),
      chain: event.chain,
      reason: event.reason,
      ...(event.advice !== undefined && { advice: event.advice }),
    }
    this.#pass(message, event, host)
  }

  /** A thread or a cluster worker asks: it has said why, this process does it. */
  relay(message: FullReloadMessage, host: ReloaderHost): void {
    if (this.#isRestarting) return
    const { path: file, chain, reason } = message
    this.#pass(message, { file, chain, reason: reason || 'a worker asks for it' }, host)
  }

  #pass(message: FullReloadMessage, event: FullReloadEvent, host: ReloaderHost): void {
    const isTold = sendToParent(message)
    this.#callUser(event, host)
    if (!isTold && !host.onFullReload) void this.#restart(host)
  }

  #callUser(event: FullReloadEvent, { onFullReload, log }: ReloaderHost): void {
    const failed = (error: unknown) =>
      log.error('onFullReload failed', error, 'HOT_HOOK_ON_FULL_RELOAD')
    try {
      const result: unknown = onFullReload?.(event)
      if (result instanceof Promise) result.catch(failed)
    } catch (error) {
      failed(error)
    }
  }

  async #restart(host: ReloaderHost): Promise<void> {
    const obstacle = cannotRestartInPlace()
    if (obstacle !== undefined) {
      const line = `restart the process to use the change: it cannot restart itself, ${obstacle}`
      host.log.warn(line, 'HOT_HOOK_CANNOT_RESTART')
      return
    }
    this.#isRestarting = true
    try {
      const restart = prepareRestart(host)
      // Who has asked in the meantime is still answered.
      await new Promise(setImmediate)
      await host.disposeAll()
      await restart()
    } catch (error) {
      this.#isRestarting = false
      const line = 'the restart failed: restart the process to use the change'
      host.log.error(line, error, 'HOT_HOOK_RESTART_FAILED')
    }
  }
}
