// What is bundled with a package is published with its licence.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What esbuild says of a build with `metafile`. */
interface BuildResult {
  metafile: { inputs: Record<string, unknown> }
}

/**
 * Writes the licences of all packages that are bundled into `directory`'s dist/LICENSES.md.
 *
 * @throws an Error that names a package without a licence
 */
export function writeLicences(directory: string, results: readonly BuildResult[]): void {
  const texts = new Map<string, string>()
  for (const input of results.flatMap(({ metafile }) => Object.keys(metafile.inputs))) {
    const [path = '', name = ''] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? []
    if (name === '' || texts.has(name)) continue
    const files = readdirSync(join(directory, path))
    const file = files.find((each) => /^licen[cs]e/i.test(each))
    if (file === undefined) throw new Error(`${join(directory, path)} has no licence to copy`)
    texts.set(name, `# ${name}\n\n${readFileSync(join(directory, path, file), 'utf8').trim()}\n`)
  }
  const sorted = [...texts].sort(([one], [other]) => one.localeCompare(other))
  writeFileSync(join(directory, 'dist/LICENSES.md'), sorted.map(([, text]) => text).join('\n'))
}
