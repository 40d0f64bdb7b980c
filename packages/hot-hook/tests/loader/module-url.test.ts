import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  fileOf,
  versionedUrl,
  versionOf,
  withoutVersion,
  withoutVersions,
} from '../../src/loader/instances/module-url.ts'

const urls = [
  'file:///app/x.js',
  'file:///app/x.js?a=1',
  'file:///app/x.js?a=1&b',
  'file:///app/x.js?t',
  'file:///app/x.js#part',
  'file:///app/hot-hook=1/x.js',
]

describe('the version in a URL', () => {
  it.each(urls)('can be put into %s and taken out again', (url) => {
    const versioned = versionedUrl(url, 12)
    expect(versioned).not.toBe(url)
    expect(versionOf(versioned)).toBe(12)
    expect(withoutVersion(versioned)).toBe(url)
    expect(withoutVersions(`Error at ${versioned}:3:1`)).toBe(`Error at ${url}:3:1`)
  })

  it.each(urls)('is 0 in %s itself', (url) => {
    expect(versionedUrl(url, 0)).toBe(url)
    expect(versionOf(url)).toBe(0)
    expect(withoutVersion(url)).toBe(url)
    expect(withoutVersions(url)).toBe(url)
  })

  it('leaves what the user put behind it', () => {
    expect(withoutVersion('file:///x.js?hot-hook=3&a=1')).toBe('file:///x.js?a=1')
    expect(withoutVersion('file:///x.js?hot-hook=3#part')).toBe('file:///x.js#part')
  })
})

describe('the file of a URL', () => {
  it('has no query and no fragment', () => {
    const url = pathToFileURL('/app/a b#c?.js').href
    expect(fileOf(url)).toBe('/app/a b#c?.js')
    expect(fileOf(`${url}?hot-hook=2`)).toBe('/app/a b#c?.js')
    expect(fileOf(`${url}#part`)).toBe('/app/a b#c?.js')
  })
})
