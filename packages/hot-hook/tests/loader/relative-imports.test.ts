import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import type { ResolveFnOutput, ResolveHookContext } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { HookChain } from '../../src/loader/resolving/hook-chain.ts'
import { RelativeImports } from '../../src/loader/resolving/relative-imports.ts'

let directory: string
let asked: string[]
let relative: RelativeImports
let running: string | undefined

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hot-hook-relative-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  asked = []
  const chain = Object.assign(new HookChain(), { resolvesByNode: () => true })
  running = undefined
  relative = new RelativeImports(chain, (url) => url === running)
})

const urlOf = (path: string) => pathToFileURL(join(directory, path)).href

/** Resolves as the hook does; Node finds what `new URL()` names, and all of it is ES modules. */
function resolve(specifier: string, parentURL = urlOf('app/deep/importer.js')): ResolveFnOutput {
  const context: ResolveHookContext = { conditions: [], importAttributes: {}, parentURL }
  return relative.resolve(specifier, context, (given, { parentURL } = context) => {
    asked.push(given)
    return { url: new URL(given, parentURL).href, format: 'module' }
  })
}

function write(url: string): void {
  const file = fileURLToPath(url)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
}

it.each([
  './a.js',
  './a.b.mts',
  './sub/a.ts',
  '../a.mjs',
  '../../a.js',
  './../a.js',
  '../other/a.js',
  '../../app/deep/a.js',
  './sub/../a.js',
  './sub/./a.js',
  './.hidden/a.js',
  '../.hidden/a.js',
  './../../.hidden/a.js',
])('finds %s where Node has found it, without asking again', (specifier) => {
  const { href } = new URL(specifier, urlOf('app/deep/importer.js'))
  write(href)
  expect(resolve(specifier).url).toBe(href)
  expect(resolve(specifier)).toEqual({ url: href, format: 'module', shortCircuit: true })
  expect(asked).toEqual([specifier])
})

it('asks Node again for what is above the root, missing, a link, or not plainly a file', () => {
  const outside = `${'../'.repeat(20)}none.js`
  write(urlOf('app/deep/a.js'))
  symlinkSync(join(directory, 'app/deep/a.js'), join(directory, 'app/deep/link.js'))
  resolve('./a.js')
  const others = [outside, './missing.js', './link.js', './a.js?x', './a', 'a.js', './%61.js']
  for (const specifier of others) resolve(specifier)
  expect(asked).toEqual(['./a.js', ...others])
  // The importer has a query itself.
  expect(resolve('./a.js', `${urlOf('app/deep/importer.js')}?x=/y`).url).toBe(
    urlOf('app/deep/a.js'),
  )
})

it('hands over the look with which it has found a file, once and for that file alone', () => {
  const url = urlOf('app/deep/a.js')
  write(url)
  resolve('./a.js')
  expect(relative.takeLook(url)).toBeUndefined()
  resolve('./a.js')
  const { mtimeMs, ctimeMs, size } = statSync(fileURLToPath(url))
  expect(relative.takeLook(url)).toMatchObject({ mtimeMs, ctimeMs, size })
  expect(relative.takeLook(url)).toBeUndefined()
  resolve('./a.js')
  expect(relative.takeLook(urlOf('app/deep/b.js'))).toBeUndefined()
  running = url
  resolve('./a.js')
  expect(relative.takeLook(url)).toBeUndefined()
})
