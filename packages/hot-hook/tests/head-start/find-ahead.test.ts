import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import module from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findAhead } from '../../src/head-start/find-ahead.ts'

let directory: string
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'hot-hook-find-')))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const path = (name: string) => join(directory, name)

function save(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(path(name)), { recursive: true })
    writeFileSync(path(name), text)
  }
}

const find = (...files: string[]) => findAhead(files.map(path), [], (call) => call())

/** What Node remembers to have found in the directory. */
function remembered(): string[] {
  const { _pathCache: all = {} } = module as { _pathCache?: Record<string, string> }
  const found = Object.values(all).filter((file) => file.startsWith(directory))
  return [...new Set(found.map((file) => file.slice(directory.length + 1)))].sort()
}

const inPackages = (files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`node_modules/${name}`, text]))

test('files are found through the program and through packages; of the program nothing is remembered', () => {
  save({
    'server.js': `const own = require('./own'); require('not-installed'); require('node:fs')`,
    'own.js': `import a from "a"`,
    ...inPackages({
      'a/index.js': `exports.call = () => require('./lib')`,
      'a/lib/index.js': `export * from '@scope/b'; throw new Error('it is not run')`,
      '@scope/b/package.json': '{ "main": "main.js" }',
      '@scope/b/main.js': '',
    }),
  })
  find('server.js')
  const packages = ['@scope/b/main.js', 'a/index.js', 'a/lib/index.js']
  expect(remembered()).toEqual(packages.map((name) => join('node_modules', name)))
})

test('what a large bundle asks for is not looked for', () => {
  const bundle = `require('./behind')//${' '.repeat(1_000_000)}`
  save(inPackages({ 'a/index.js': bundle, 'a/behind.js': '' }))
  find('node_modules/a/index.js')
  expect(remembered()).toEqual([])
})

test.for([
  ['a file comes into a directory of a package', 'node_modules/a/other.js', 'node_modules/a'],
  ['a package.json changes', 'node_modules/a/package.json', 'node_modules/a/package.json'],
  ['that of the program does', 'package.json', 'package.json'],
  ['a file comes into the program', 'other.js', undefined],
  ['a file of a package changes', 'node_modules/a/index.js', undefined],
] as const)('says what has changed when %s', ([, saved, expected]) => {
  save({
    'package.json': '{}',
    'server.js': `require('a')`,
    ...inPackages({ 'a/package.json': '{}', 'a/index.js': '' }),
  })
  const changed = find('server.js')
  expect(changed()).toBeUndefined()
  save({ [saved]: '{ "name": "changed" }' })
  expect(changed()).toBe(expected && path(expected))
})
