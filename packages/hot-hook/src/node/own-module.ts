/** The ES module that this package is loaded by. */
export interface OwnModule {
  /** What the hooks and `createRequire()` know this package by; `import.meta.url` is the same. */
  readonly url: string
  /** `import()`: scripts have none of their own without a flag of Node's. */
  import<Namespace = object>(specifier: string, options?: ImportCallOptions): Promise<Namespace>
  /** The program has started up, and whoever waited for its first answer has it. */
  settled?(): void
}

/** Where the runtime is a script (see `build.ts`), what `load-runtime.ts` gives it stands here. */
export const ownModule: OwnModule = {
  url: import.meta.url,
  import: (specifier, options) => import(specifier, options),
}
