import type { GlobBase } from '../options/glob.ts'

/** What a watch tells: paths, not what became of them. */
export interface WatchEvents {
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

/** Watches files and directories of which none need exist. It keeps no process alive. */
export interface FileWatch {
  /** No change is missed from now on in what was added before. */
  readonly ready: Promise<void>
  /** Saves are heard of in the order in which they happen among all that happens to the process. */
  readonly isPrompt: boolean
  /** Begins, with the directories in which `reload` files may be. */
  start(bases: readonly GlobBase[]): void
  /** Each file is noted once it is watched, to be compared. */
  add(files: readonly string[]): void
  /** Notes every entry that is created, changed or deleted in the directory. */
  addDirectory(path: string): void
  /** Watches a file, or a directory, no longer. */
  remove(path: string): void
  /** Whether every change of the file is noted. */
  has(file: string): boolean
  close(): Promise<void>
}
