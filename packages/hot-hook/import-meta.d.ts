/**
 * Types of `import.meta.hot` and `module.hot`: `/// <reference types="hot-hook/import-meta" />`, or
 * `"types": ["hot-hook/import-meta"]` in tsconfig.json.
 */
/// <reference lib="esnext.disposable" />
import type { HotEvents } from 'hot-hook'

/** What `import.meta.hot` offers; names and meaning are Vite's where Vite has them. */
export interface ImportMetaHot<Data extends object = Record<string, any>> {
  /** One object that all instances of this module share, `{}` at first; gone once it is pruned. */
  readonly data: Data
  /** For `import('./x.js', import.meta.hot?.boundary)`: this import is a boundary, whatever `boundaries` says. */
  readonly boundary: { with: { hot: string } }
  /**
   * This module replaces itself.
   *
   * @param callback runs in the old instance after the new one is evaluated; may be async
   */
  accept(callback?: (newModule: any) => unknown): void
  /**
   * A change that reaches `dependency` stops here: it is loaded again, this module is not. What this
   * module imports from it with a static statement is the new one before `callback` runs.
   *
   * @param dependency as in an import; matched by file
   * @throws Error when this module does not import `dependency`
   */
  accept(dependency: string, callback?: (newDependency: any) => unknown): void
  /** The same for several; `callback` gets them in this order, `undefined` where one did not change. */
  accept(dependencies: readonly string[], callback?: (newDependencies: any[]) => unknown): void
  /** Before the next instance is evaluated; may be async, is awaited for 5 s at most. Last-registered first. */
  dispose(callback: (data: Data) => unknown): void
  /**
   * A resource in place of a handler: `Symbol.asyncDispose`, or else `Symbol.dispose`, is called as
   * a handler would be.
   *
   * @returns the resource
   */
  dispose<Resource extends AsyncDisposable | Disposable>(resource: Resource): Resource
  /** When this module leaves the program, after `dispose`. */
  prune(callback: (data: Data) => unknown): void
  /**
   * This module depends on a file that is no module, which need not exist yet, or on what is in a
   * directory: entries that come and go. A change of it is a change of this module.
   *
   * @param path relative to this module, absolute, or a file URL
   */
  watch(path: string | URL): void
  /** A change that reaches this module is a full reload, whatever it accepts. */
  decline(): void
  /**
   * Inside an accept callback: I cannot take it, go on to my importers. At any other time: treat me
   * as just changed.
   */
  invalidate(message?: string): void
  /**
   * Calls `handler` with every `event` until this instance is replaced.
   *
   * @returns a function that takes the handler off again
   */
  on<Name extends keyof HotEvents>(
    event: Name,
    handler: (payload: HotEvents[Name]) => void,
  ): () => void
  /** An event of Vite's: accepted, for modules that are shared with a Vite application; it never comes. */
  on(event: `vite:${string}`, handler: (payload: any) => void): () => void
  off(event: `vite:${string}`, handler: (payload: any) => void): void
  /** Takes a handler off again. */
  off<Name extends keyof HotEvents>(event: Name, handler: (payload: HotEvents[Name]) => void): void
}

declare global {
  namespace NodeJS {
    interface Module {
      /** `import.meta.hot` of a CommonJS module; `undefined` unless Hot Hook runs. */
      readonly hot?: ImportMetaHot
    }
  }
  interface ImportMeta {
    /** `undefined` unless Hot Hook runs. */
    readonly hot?: ImportMetaHot
  }
}
