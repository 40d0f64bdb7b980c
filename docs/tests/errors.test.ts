import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPage, root } from './pages.ts'

const sources = ['packages/hot-hook/src', 'packages/runner/src'].flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({
      path: `${room}/${path}`,
      text: readFileSync(join(root, room, path), 'utf8'),
    })),
)
const catalogue = 'packages/hot-hook/src/log/codes.ts'

/** Every code in the sources that is written as a text; variables of the environment are names or properties. */
function codesIn(pattern: RegExp): Set<string> {
  return new Set(sources.flatMap(({ text }) => text.match(pattern) ?? []))
}

const errors = codesIn(/(?<=')ERR_HOT_HOOK_\w+(?=')/g)
const hints = new Set(
  sources.find(({ path }) => path === catalogue)?.text.match(/(?<=')HOT_HOOK_\w+(?=')/g),
)

describe('docs/errors.md', () => {
  const { text } = readPage('docs/errors.md')
  const entries = [...text.matchAll(/^### (\w+)\n\n(.+)/gm)]

  it('has an entry for each code, and no other', () => {
    const written = entries.map(([, code]) => code).sort()
    expect(hints.size).toBeGreaterThan(10)
    expect(written).toEqual([...errors, ...hints].sort())
  })

  it('says something of each', () => {
    for (const [, code, said = ''] of entries) {
      expect({ code, isSaid: said.length > 20 }).toEqual({ code, isSaid: true })
    }
  })
})

describe('codes', () => {
  it('of hints are all used', () => {
    const unused = [...hints].filter(
      (code) => !sources.some(({ path, text }) => path !== catalogue && text.includes(code)),
    )
    expect(unused).toEqual([])
  })

  it('are on every error that Hot Hook itself throws where a user can see it', () => {
    // Those that are wrapped into another error, or that only a mistake of ours could throw.
    const inner = [
      // Caught by the process in standby, which is thrown away then.
      'head-start/head-start.ts',
      'loader/live-bindings/facade.ts',
      'loader/sources/compile-check.ts',
      'reload/full-reload.ts',
    ]
    const bare = sources.filter(
      ({ path, text }) =>
        path.startsWith('packages/hot-hook/') &&
        !inner.some((name) => path.endsWith(name)) &&
        /throw new (?:Type)?Error\(/.test(text),
    )
    expect(bare.map(({ path }) => path)).toEqual([])
  })
})
