import { expect, test } from 'vitest'
import { packageOrder } from '../../src/head-start/package-order.ts'

/** Modules and what they import: what begins with `./` is the program's own, `node:` a builtin. */
function orderOf(modules: Record<string, string[]>): string[] {
  return packageOrder('./entry', (url) => modules[url] ?? [], {
    isNothing: (url) => url.startsWith('node:'),
    isOwn: (url) => url.startsWith('./'),
    isPackage: (url) => !url.startsWith('addon:'),
  })
}

test('packages in front of the first module of the program, each once', () => {
  expect(orderOf({ './entry': ['a', 'node:fs', 'b', 'a'] })).toEqual(['a', 'b'])
})

test('the first own module ends it, with the packages that it imports itself', () => {
  const modules = {
    './entry': ['a', './one', 'not'],
    './one': ['b', './two', 'nor'],
    './two': ['c'],
  }
  expect(orderOf(modules)).toEqual(['a', 'b', 'c'])
})

test('an own module without imports runs at once', () => {
  expect(orderOf({ './entry': ['./first', 'a'], './first': [] })).toEqual([])
})

test('a circle through modules that are looked into is passed over', () => {
  const modules = {
    './entry': ['./one'],
    './one': ['./entry', './two', 'not'],
    './two': ['./one', 'a'],
  }
  expect(orderOf(modules)).toEqual(['a'])
})

test('what is no code of a package ends it', () => {
  expect(orderOf({ './entry': ['a', 'addon:x', 'b'] })).toEqual(['a'])
})

test('a hundred thousand modules in a chain are no deeper than one', () => {
  const length = 100_000
  const modules: Record<string, string[]> = { './entry': ['./0'] }
  for (let index = 0; index < length; index++) modules[`./${index}`] = [`./${index + 1}`]
  modules[`./${length}`] = ['a']
  expect(orderOf(modules)).toEqual(['a'])
})
