/** What is asked and told by what watches: paths, not what became of them. */
export interface WatchEvents {
  /** The system tells of something: by now of all that was there when it did. */
  told(): void
  /** Whether an absolute path matches a `reload` glob. */
  isReload(file: string): boolean
  /** Directories for which this is true are not looked into for `reload` files. */
  isIgnored(file: string): boolean
  /** A file or directory may have changed. */
  note(path: string): void
  /** A file that matches `reload` was there when the watch began. */
  found(file: string): void
  /** Known `reload` files, in one directory or anywhere, may be others. */
  compare(directory?: string): void
  /** Something cannot be watched. */
  onError(path: string, error: Error): void
}

/** No `reload` file is looked for there, whatever the globs. */
export function isSkipped(path: string): boolean {
  return /(?:^|[\\/])(?:node_modules|\.git)(?:[\\/]|$)/.test(path)
}
