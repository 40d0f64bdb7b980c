import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { coded } from '../log/codes.ts'
import { show } from '../log/show.ts'

/**
 * The absolute path of what `hot.explain` is asked about.
 *
 * @throws TypeError for what is neither a path nor a file URL
 */
export function explainedFile(file: unknown, rootDirectory: string): string {
  const given = file instanceof URL ? file.href : file
  if (typeof given !== 'string' || given === '' || /^(?!file:)[a-z-]{2,}:/i.test(given)) {
    const message = `hot.explain() expects a path or a file URL, got ${show(file)}`
    throw coded('ERR_HOT_HOOK_ARGUMENT', new TypeError(message))
  }
  const path = given.startsWith('file:') ? fileURLToPath(given.replace(/[?#].*$/, '')) : given
  return isAbsolute(path) ? path : resolve(rootDirectory, path)
}
