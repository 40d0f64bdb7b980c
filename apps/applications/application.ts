import type { Workshop } from '../cache/workshop.ts'

/** What a file is to its application. */
export type Role = 'route' | 'controller' | 'service' | 'plugin' | 'configuration' | 'entry'

/** A file that is saved, and where its text can be seen. */
export interface Target {
  role: Role
  file: string
  /** What is asked for after a save. Default: `/`. */
  path?: string
  /** A text of the generated file, and what a save puts there; `%s` is what the answer must show. */
  replace: [found: string, put: string]
}

/** How package.json starts an application, so that a preload can be added. */
export interface Start {
  /** In front of the script: the loaders that the application itself asks for. */
  nodeArguments?: string[]
  script: string
  scriptArguments?: string[]
  env?: Record<string, string>
}

/** An application as its generator makes it. */
export interface Application {
  id: string
  /** What made it, with its version: a change of it makes the application anew. */
  generator: string
  /** Where something else than the generator had to be used: what is said aloud. */
  caveat?: string
  /** A directory that it is made from: a change in it makes the application anew. */
  skeleton?: string
  /** Makes it in a directory that exists and is empty, with its dependencies. */
  generate(workshop: Workshop): void
  start: Start
  /** Its own dev server, where it has one that knows Hot Hook. */
  devServer?: Start
  /** The environment variables that give it a port. */
  portVariables?: string[]
  targets: Target[]
}
