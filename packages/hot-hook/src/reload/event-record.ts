import type {
  ErrorEvent,
  FullReloadEvent,
  HotEventHandler,
  HotEventName,
  HotEvents,
  InvalidateEvent,
  PruneEvent,
  UpdateEvent,
} from '../events.ts'
import { type Failure, failureOf } from './failure.ts'

/**
 * What happened, as one line of JSON can say it: in a program (`hot.on`), or in the runner that has
 * started it. `event` tells the form; all paths are absolute.
 */
export type EventRecord = RuntimeRecord | RunnerRecord

/** What Hot Hook says, in the program itself or through the runner. */
export type RuntimeRecord =
  | InvalidateRecord
  | UpdateRecord
  | FullReloadRecord
  | PruneRecord
  | ErrorRecord

/** What only the runner knows. */
export type RunnerRecord =
  | StartRecord
  | RestartRecord
  | HotRecord
  | ListeningRecord
  | CrashRecord
  | HandoffRecord
  | PauseRecord
  | StandbyRecord
  | ExitRecord

/** In every record. */
export interface RecordBase {
  /** When, in milliseconds since 1970. */
  time: number
}

/**
 * Files were saved: what is loaded is stale now. `boundaries` is empty where all of it is accepted: an
 * update follows; that is told by the runner alone.
 */
export interface InvalidateRecord extends RecordBase, InvalidateEvent {
  event: 'invalidate'
}

/** New code runs. */
export interface UpdateRecord extends RecordBase, UpdateEvent {
  event: 'update'
}

/** The process has to start again to use a change. */
export interface FullReloadRecord extends RecordBase, FullReloadEvent {
  event: 'full-reload'
}

/** A module left the program. Told in the program alone. */
export interface PruneRecord extends RecordBase, PruneEvent {
  event: 'prune'
}

/** Something of an update failed in `file`; `location` may be in another one that it calls. */
export interface ErrorRecord extends RecordBase, Failure, Omit<ErrorEvent, 'error'> {
  event: 'error'
}

/** A process of the script has been started. */
export interface StartRecord extends RecordBase {
  event: 'start'
  pid: number | null
  /** How often the script has been started, this time included. */
  count: number
  /** The process was started before it was needed, and has waited. */
  stoodBy: boolean
}

/** The script is about to be started again. */
export interface RestartRecord extends RecordBase {
  event: 'restart'
  /** A full reload; a save while the script was down; or somebody asked for it. */
  kind: 'full-reload' | 'save' | 'asked'
  /** The saved file. */
  file?: string
  /** Who asked, or what for. */
  text?: string
}

/** The script has started up. */
export interface HotRecord extends RecordBase {
  event: 'hot'
  /** How much of it is hot, one line. */
  text: string
}

/** A server of the script listens. */
export interface ListeningRecord extends RecordBase {
  event: 'listening'
  pid: number | null
  address: string
  /** `null` for a pipe or a Unix socket. */
  port: number | null
  /** Since the process was started, in milliseconds. */
  afterMs: number
}

/** The script ended with an error; with the error that nobody caught, when there was one. */
export interface CrashRecord extends RecordBase, Partial<Failure> {
  event: 'crash'
  pid: number | null
  /** One of the two is `null`; both are when it could not be started. */
  code: number | null
  signal: string | null
  /** `--handoff`: the process that failed was the new one, the old one still serves. */
  oldServes: boolean
  /** The runner waits for a save. */
  waits: boolean
  /** The script ended because somebody else listens on this port. */
  takenPort?: number
}

/** `--handoff`: the new process has taken over. */
export interface HandoffRecord extends RecordBase {
  event: 'handoff'
  pid: number | null
  previousPid: number | null
}

/** Saves wait from now on, or no longer. */
export interface PauseRecord extends RecordBase {
  event: 'pause'
  paused: boolean
}

/** The next process waits for the next full reload; it is taken, or cannot be used. */
export interface StandbyRecord extends RecordBase {
  event: 'standby'
  pid: number | null
  state: 'waiting' | 'taken' | 'discarded'
}

/** The script ended, and the runner with it. */
export interface ExitRecord extends RecordBase {
  event: 'exit'
  code: number | null
  signal: string | null
}

type Records = { [Name in HotEventName]: Extract<RuntimeRecord, { event: Name }> }

const names: HotEventName[] = ['invalidate', 'update', 'full-reload', 'prune', 'error']

/** The record of one of Hot Hook's events. */
export function recordOf<Name extends HotEventName>(
  name: Name,
  event: HotEvents[Name],
  time: number = Date.now(),
): Records[Name] {
  const said =
    'error' in event ? { file: event.file, phase: event.phase, ...failureOf(event.error) } : event
  return { event: name, time, ...said } as Records[Name]
}

/** What tells events: the `hot` of `hot-hook`. */
export interface EventSource {
  on<Name extends HotEventName>(event: Name, handler: HotEventHandler<Name>): () => void
}

/**
 * Calls `listener` with a record of every event of this process.
 *
 * @param source the `hot` of `hot-hook`
 * @returns a function that ends it
 */
export function followEvents(
  source: EventSource,
  listener: (record: RuntimeRecord) => void,
): () => void {
  const follow = <Name extends HotEventName>(name: Name) =>
    source.on(name, (event) => listener(recordOf(name, event)))
  const offs = names.map(follow)
  return () => {
    for (const off of offs) off()
  }
}
