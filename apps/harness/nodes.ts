import { join } from 'node:path'

/** The binary of a major version, from npm's `node` package. */
export function nodeBinary(major: string): string {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  return join(import.meta.dirname, `../../node_modules/node${major}/bin/${name}`)
}
