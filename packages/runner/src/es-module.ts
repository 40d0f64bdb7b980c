import { readFileSync } from 'node:fs'
import module from 'node:module'
import { pathToFileURL } from 'node:url'

/** Node is sure to load it as an ES module, whatever is in it. */
export function isEsModule(file: string): boolean {
  if (/\.m[jt]s$/.test(file)) return true
  if (!/\.[jt]sx?$/.test(file)) return false
  const path = module.findPackageJSON('.', pathToFileURL(file))
  try {
    const text = path === undefined ? '{}' : readFileSync(path, 'utf8')
    return (JSON.parse(text) as { type?: unknown }).type === 'module'
  } catch {
    return false
  }
}
