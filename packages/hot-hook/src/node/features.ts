/** The first version that brings each, where that is not one for all by release lines. */
const since = {
  /** `module.registerHooks()` with all that Hot Hook asks of it: it does not run without. */
  hooks: [[22, 22]],
  /** `require()` of a module that only hooks know links what that imports before it returns. */
  syncLinking: [[24, 0]],
  /** What has failed is taken out of require.cache, also TypeScript that Node itself compiles. */
  evictsWhatFailed: [[24, 0]],
  /** The compile cache looks a file up by its path: all its versions share one entry. */
  portableCompileCache: [[24, 12]],
  /** `import text from './page.txt' with { type: 'text' }`, behind a flag. */
  textImports: [
    [24, 19],
    [26, 5],
  ],
} as const

/** What one Node can do and another cannot. */
export type Feature = keyof typeof since

/** Whether a Node brings a feature, this one by default. `version` is as in `process.versions.node`. */
export function brings(feature: Feature, version: string = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const line = since[feature].findLast(([first]) => major >= first)
  return line !== undefined && (major > line[0] || minor >= line[1])
}
