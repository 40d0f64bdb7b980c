import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brings, type Feature } from '../../src/node/features.ts'

const all = ['22', '24', '26'] as const

/** A major version of Node that the end-to-end tests run on. */
export type NodeMajor = (typeof all)[number]

/** The versions to run on: all, or the one that HOT_HOOK_TEST_NODE names. */
export const nodeMajors: NodeMajor[] = all.filter(
  (major) => (process.env.HOT_HOOK_TEST_NODE ?? major) === major,
)

/** Those of them that bring a feature. */
export function nodesThatBring(feature: Feature): NodeMajor[] {
  return nodeMajors.filter((major) => brings(feature, nodeVersion(major)))
}

/** A whole version, `24.21.0`. */
export function nodeVersion(major: NodeMajor): string {
  const path = new URL(`../../../../node_modules/node${major}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}

/** The binary of a version, from npm's `node` package. */
export function nodeBinary(major: NodeMajor): string {
  return binary(major)
}

/** The binary of a version that Hot Hook refuses: neither can `require()` an ES module. */
export function oldNodeBinary(major: '18' | '20'): string {
  return binary(major)
}

function binary(major: string): string {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return fileURLToPath(
    new URL(`../../../../node_modules/node${major}/bin/node${suffix}`, import.meta.url),
  )
}
