import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Project } from './project.ts'

/** The Node versions to test on: all, or the one that HOT_HOOK_TEST_NODE names. */
export const nodes = ['22', '24', '26'].filter(
  (major) => (process.env.HOT_HOOK_TEST_NODE ?? major) === major,
)

/** The binary of a version, from npm's `node` package. */
export function nodeBinary(major: string): string {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return fileURLToPath(
    new URL(`../../../../node_modules/node${major}/bin/node${suffix}`, import.meta.url),
  )
}

/** Links packages into an application that the runtime has installed for its tests. */
export function linkPackages(project: Project, ...names: string[]): void {
  const modules = fileURLToPath(new URL('../../../hot-hook/node_modules', import.meta.url))
  for (const name of names) {
    const path = project.path(join('node_modules', name))
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(join(modules, name), path, 'junction')
  }
}

/** Links Hot Hook itself into an application. */
export function linkHotHook(project: Project): void {
  const path = project.path('node_modules/hot-hook')
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(fileURLToPath(new URL('../../../hot-hook', import.meta.url)), path, 'junction')
}
