import { afterEach, expect, test } from 'vitest'
import { isEsModule } from '../src/es-module.ts'
import { Project } from './support/project.ts'

const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const statement = `import 'node:fs'`

function isModule(name: string, source: string, type: string | undefined, isReadByNode: boolean) {
  const project = new Project({ 'package.json': JSON.stringify({ type }), [name]: source })
  projects.push(project)
  return isEsModule(project.path(name), isReadByNode)
}

test.for([
  ['app.mjs', 'commonjs', true],
  ['app.mts', undefined, true],
  ['app.cjs', 'module', false],
  ['app.js', 'module', true],
  ['app.ts', 'module', true],
  ['app.js', 'commonjs', false],
] as const)('%s in a package of type %s: %s, whatever is in it', ([name, type, expected]) => {
  for (const source of ['', statement]) {
    expect(isModule(name, source, type, true)).toBe(expected)
    expect(isModule(name, source, type, false)).toBe(expected)
  }
})

test.for([
  [statement, true],
  [`#!/usr/bin/env node\n${statement}`, true],
  ['const a = 1\nexport { a }', true],
  ['console.log(import.meta.url)', true],
  [`const fs = require('node:fs')\nimport('./app.js')`, false],
  ['// import them', false],
  ['return', false],
  ['this is neither (', false],
] as const)(
  'where its package says no type, Node takes the syntax for it: %j %s',
  ([source, expected]) => {
    expect(isModule('app.js', source, undefined, true)).toBe(expected)
    // A loader that was given with -r makes CommonJS of it.
    expect(isModule('app.js', source, undefined, false)).toBe(false)
  },
)

test('TypeScript without a type, and a script that is not there, are none as far as is known', () => {
  expect(isModule('app.ts', statement, undefined, true)).toBe(false)
  const project = new Project({ 'package.json': '{}' })
  projects.push(project)
  expect(isEsModule(project.path('missing.js'), true)).toBe(false)
})
