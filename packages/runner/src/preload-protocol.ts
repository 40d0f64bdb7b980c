import type { StandbyMessage } from './standby/order.ts'

/**
 * Names this variable's holder as the runner's own child: `<kill timeout>,<1 with handoff>,<standby>`, which is 1
 * where a process may wait in front of the script, and 2 in one that does.
 */
export const marker = 'HOT_RUNNER_CHILD'

/** The descriptor of the pipe on which the runner talks to the preload; it closes with the runner. */
export const controlPipe = 4

/** What the preload tells the runner. */
export type PreloadMessage =
  | BootedMessage
  | ErrorMessage
  | ListeningMessage
  | DrainedMessage
  | InspectorClosedMessage
  | StandbyMessage

/** Nothing of the application has been loaded yet. */
export interface BootedMessage {
  type: 'hot-runner:booted'
}

/** An error nobody caught is about to end the process. */
export interface ErrorMessage {
  type: 'hot-runner:error'
  /** Its name and message. */
  message: string
  /** What the error names: its stack, its code's file URL. */
  text: string
  /** The port that a server could not listen on, because somebody else does. */
  takenPort?: number
}

/** A server listens. */
export interface ListeningMessage {
  type: 'hot-runner:listening'
  /** `undefined` for a pipe or a Unix socket. */
  port?: number
  address: string
}

/** The old process of a handoff has no request left. */
export interface DrainedMessage {
  type: 'hot-runner:drained'
}

/** The port of the inspector is free. */
export interface InspectorClosedMessage {
  type: 'hot-runner:inspector-closed'
}

/**
 * What the runner tells the old process of a handoff, one line each. `drain`: the new one has the
 * port; answer the requests you have, take no more. `close-inspector`: the new one needs its port.
 * `open-inspector`: it came to nothing, take it back.
 */
export type HandoffMessage = 'drain' | 'close-inspector' | 'open-inspector'

/** What the runner says on the pipe, one line each. `ping`: does the event loop turn? */
export type ControlMessage = HandoffMessage | 'ping'

/** The answer to `ping`, on the same pipe: it turns, and a debugger may stop it, or none is there. */
export type PulseAnswer = 'debugged' | 'alone'
