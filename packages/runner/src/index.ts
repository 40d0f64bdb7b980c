export type {
  CrashEvent,
  ErrorEvent,
  ExitEvent,
  FullReloadEvent,
  InvalidateEvent,
  ListeningEvent,
  RestartReason,
  RunnerEvents,
  StandbyEvent,
  StartEvent,
  UpdateEvent,
} from './events.ts'
export { type ResolvedOptions, type RunnerOptions, RunnerOptionsError } from './options.ts'
export type { GraphDump, Settled } from './questions.ts'
export { followRunner } from './records.ts'
export { Runner } from './runner.ts'
