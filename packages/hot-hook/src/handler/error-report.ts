import { stripVTControlCharacters } from 'node:util'
import { shortPath } from '../log/log.ts'
import { printable, printableLines } from '../log/printable.ts'
import { isError, messageOf, textOf } from '../log/thrown.ts'
import { failureOf } from '../reload/failure.ts'

/** What is known of an app that could not be loaded. */
export interface FailedLoad {
  error: unknown
  /** Where it may have happened, where the error itself does not tell: an absolute path. */
  file: string
  /** The error as the log says it, with its stack. */
  description: string
  rootDirectory: string
  /** The files on a way on which `file` is imported, from the app to `file`; absolute paths. */
  chainTo(file: string): string[]
}

/** What is said of an error: paths are from the root directory. */
export interface ErrorReport {
  name: string
  message: string
  file: string
  /** Lines and columns are counted from 1. */
  line: number | undefined
  column: number | undefined
  /** The lines around it, as they are on disk now. */
  frame: string | undefined
  /** From the app to the file. */
  chain: string[]
  stack: string
}

/** What is to be said of a load that failed; reads the file in which it did. */
export function reportOf({
  error,
  file,
  description,
  rootDirectory,
  chainTo,
}: FailedLoad): ErrorReport {
  const { location, frame } = failureOf(error)
  const name = (path: string) => printable(shortPath(path, rootDirectory))
  return {
    ...nameAndMessage(error),
    file: name(location?.file ?? file),
    line: location?.line,
    column: location?.column,
    frame: frame && plain(frame),
    chain: chainTo(location?.file ?? file).map(name),
    stack: plain(description),
  }
}

function nameAndMessage(error: unknown): { name: string; message: string } {
  const message = isError(error) ? textOf(error, 'message') : messageOf(error)
  return { name: plain(textOf(error, 'name') || 'Error'), message: plain(message) }
}

/** Compilers colour their errors; whatever else a terminal would obey is shown. */
function plain(text: string): string {
  return printableLines(stripVTControlCharacters(text))
}
