import type { EventEmitter } from 'node:events'
import { type EventRecord, type Failure, failureOf, failureOfText } from 'hot-hook/protocol'
import type { CrashEvent, RestartReason, RunnerEvents } from './events.ts'
import type { Runner } from './runner.ts'

/** A record without its time. */
type Told<Record = EventRecord> = Record extends EventRecord ? Omit<Record, 'time'> : never

/**
 * Calls `listener` with a record of everything that happens in a runner from now on. The forms are those
 * of `EventRecord` in `hot-hook/protocol`, which a program without a runner gives, too.
 *
 * @returns a function that ends it
 */
export function followRunner(runner: Runner, listener: (record: EventRecord) => void): () => void {
  const tell = (record: Told) => {
    listener({ time: Date.now(), ...record })
  }
  // Its types do not know a name that is only known to be one of them.
  const emitter: EventEmitter = runner
  const offs: (() => void)[] = []
  const on = <Name extends keyof RunnerEvents>(
    name: Name,
    handler: (...event: RunnerEvents[Name]) => void,
  ) => {
    emitter.on(name, handler)
    offs.push(() => emitter.off(name, handler))
  }
  on('start', ({ pid = null, count, stoodBy }) => tell({ event: 'start', pid, count, stoodBy }))
  on('standby', ({ pid = null, state }) => tell({ event: 'standby', pid, state }))
  on('restart', ({ reason }) => tell({ event: 'restart', ...flat(reason) }))
  on('fullReload', ({ path: file, shouldBeReloadable: _, chain, ...rest }) =>
    tell({ event: 'full-reload', file, chain: [...chain], ...rest }),
  )
  on('invalidate', ({ files, modules, boundaries }) =>
    tell({
      event: 'invalidate',
      files: [...files],
      modules: [...modules],
      boundaries: [...boundaries],
    }),
  )
  on('hot', ({ text }) => tell({ event: 'hot', text }))
  on('update', ({ files, modules, boundaries, durationMs }) =>
    tell({
      event: 'update',
      files: [...files],
      modules: [...modules],
      boundaries: [...boundaries],
      durationMs,
    }),
  )
  on('error', (failure) => tell({ event: 'error', ...failure }))
  on('listening', ({ pid = null, address, port = null, afterMs }) =>
    tell({ event: 'listening', pid, address, port, afterMs }),
  )
  on('crash', (event) => tell(crash(event)))
  on('handoff', ({ pid = null, previousPid = null }) =>
    tell({ event: 'handoff', pid, previousPid }),
  )
  on('pause', ({ paused }) => tell({ event: 'pause', paused }))
  on('exit', ({ code, signal }) => tell({ event: 'exit', code, signal }))
  return () => {
    for (const off of offs) off()
  }
}

function flat(reason: RestartReason): {
  kind: RestartReason['kind']
  file?: string
  text?: string
} {
  const { kind } = reason
  return kind === 'asked' ? { kind, text: reason.text } : { kind, file: reason.path }
}

function crash({ pid, code, signal, oldServes, waits, ...rest }: CrashEvent): Told {
  const { takenPort } = rest
  return {
    event: 'crash',
    pid: pid ?? null,
    code,
    signal,
    oldServes,
    waits,
    ...(takenPort !== undefined && { takenPort }),
    ...failureIn(rest),
  }
}

function failureIn({ error, uncaught }: Partial<CrashEvent>): Partial<Failure> {
  if (error) return failureOf(error)
  return uncaught ? failureOfText(uncaught.message, uncaught.stack) : {}
}
