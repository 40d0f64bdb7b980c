import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { compile, compilers, resolutions } from '../compile.ts'
import { packAll } from '../pack.ts'

// Linked; `npm run packed` installs them.
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'hot-hook-types-')))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function link(target: string, name: string): void {
  const path = join(directory, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path, 'junction')
}

for (const { name, tarball, directory: source } of packAll()) {
  link(join(dirname(tarball), 'package'), name)
  const needed = join(dirname(tarball), 'package', 'node_modules')
  symlinkSync(join(source, 'node_modules'), needed, 'junction')
}
link(fileURLToPath(new URL('../../node_modules/@types', import.meta.url)), '@types')

describe('the types of what is published are those that users write against', () => {
  it.each(resolutions)(
    '$type, module $module, moduleResolution $moduleResolution',
    (resolution) => {
      expect(compile(directory, compilers['TypeScript 7'], resolution)).toBe('')
    },
  )
})
