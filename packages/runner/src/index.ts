export type {
  CrashEvent,
  ExitEvent,
  FullReloadEvent,
  ListeningEvent,
  RestartReason,
  RunnerEvents,
  StartEvent,
  UpdateEvent,
} from './events.ts'
export { type ResolvedOptions, type RunnerOptions, RunnerOptionsError } from './options.ts'
export { Runner } from './runner.ts'
