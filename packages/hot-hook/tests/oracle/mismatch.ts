/** The files of a program, or what a save writes; undefined where a file is deleted. */
export type Sources = Readonly<Record<string, string | undefined>>

/** Something that was done, in words, with what it has written. */
export interface Deed {
  words: string
  saved?: Sources
}

/** The process did what the model does not allow. */
export class Mismatch extends Error {
  /** What the program was. */
  readonly files: Sources
  readonly deeds: readonly Deed[]

  constructor(what: string, files: Sources, deeds: readonly Deed[]) {
    super(what)
    this.name = 'Mismatch'
    this.files = files
    this.deeds = deeds
  }

  /** The whole program and all edits, to be pasted into a test. */
  describe(): string {
    return [
      this.message,
      '\n--- the program',
      sourcesAsCode(this.files),
      ...this.deeds.map(({ words, saved }) =>
        saved && Object.keys(saved).length > 0
          ? `--- ${words}\n${sourcesAsCode(saved)}`
          : `--- ${words}`,
      ),
    ].join('\n')
  }
}

/** What has to be written to come from one state of the files to the other. */
export function savedBetween(before: Sources, after: Sources): Sources {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)])
  const changed = [...paths].filter((path) => before[path] !== after[path])
  return Object.fromEntries(changed.map((path) => [path, after[path]]))
}

export const pick = (files: Sources, paths: string[]): Sources =>
  Object.fromEntries(paths.filter((path) => path in files).map((path) => [path, files[path]]))

function sourcesAsCode(sources: Sources): string {
  const lines = Object.entries(sources).map(([path, source]) =>
    source === undefined
      ? `  '${path}': undefined,`
      : `  '${path}': \`${source.replace(/[`\\]|\$\{/g, '\\$&').trimEnd()}\n\`,`,
  )
  return `{\n${lines.join('\n')}\n}`
}
