import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packageDirectory = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Installs Hot Hook and the viewer in an application: copies, since a linked package would be a part of
 * the program.
 *
 * @param packages others that the viewer has for its tests
 */
export function installViewer(directory: string, packages: readonly string[] = []): void {
  const modules = join(directory, 'node_modules')
  rmSync(join(modules, 'hot-hook'), { recursive: true, force: true })
  copy(join(packageDirectory, 'node_modules/hot-hook'), join(modules, 'hot-hook'))
  copy(packageDirectory, join(modules, '@hot-hook/viewer'))
  for (const name of ['chokidar', ...packages]) {
    const to = join(modules, name)
    mkdirSync(dirname(to), { recursive: true })
    symlinkSync(join(packageDirectory, 'node_modules', name), to, 'junction')
  }
}

/** What of a package is published. */
function copy(from: string, to: string): void {
  for (const each of ['dist', 'package.json']) {
    cpSync(join(from, each), join(to, each), { recursive: true })
  }
}
