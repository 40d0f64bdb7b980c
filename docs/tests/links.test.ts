import { existsSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repository } from '../.vitepress/repository-links.ts'
import { allPages, root } from './pages.ts'

const pages = allPages()
const ownFiles = `${repository}/blob/main/`
const byPath = new Map(pages.map((page) => [page.path, page]))

/** A link within the repository: the file that it leads to, and the place in it. */
function resolveLink(from: string, target: string): { path: string; anchor: string | undefined } {
  const [file = '', anchor] = target.split('#', 2)
  // What is read on npm has no other directory beside it.
  const isAbsolute = file.startsWith(ownFiles)
  const inRepository = isAbsolute ? file.slice(ownFiles.length) : posix.join(dirname(from), file)
  const path = file === '' ? from : posix.normalize(inRepository)
  return { path: path.replace(/\/$/, ''), anchor }
}

function isOutside(target: string): boolean {
  return /^[a-z]+:/.test(target) && !target.startsWith(ownFiles)
}

describe.each(pages)('$path', ({ path, links }) => {
  it('leads to files and headings that exist', () => {
    const broken: string[] = []
    for (const { target, line } of links) {
      if (isOutside(target)) {
        if (!URL.canParse(target)) broken.push(`line ${line}: ${target} is no URL`)
        continue
      }
      const { path: file, anchor } = resolveLink(path, target)
      const page = byPath.get(file)
      if (!existsSync(join(root, file))) broken.push(`line ${line}: there is no ${file}`)
      else if (anchor !== undefined && page?.anchors.has(anchor) !== true) {
        broken.push(`line ${line}: there is no #${anchor} in ${file}`)
      }
    }
    expect(broken).toEqual([])
  })
})

describe('the manual', () => {
  const manual = pages.filter(({ path }) => path.startsWith('docs/'))

  it('is reached as a whole from its first page', () => {
    const reached = new Set(['docs/README.md'])
    for (const path of reached) {
      for (const { target } of byPath.get(path)?.links ?? []) {
        if (isOutside(target)) continue
        const { path: file } = resolveLink(path, target)
        if (byPath.has(file) && file.startsWith('docs/')) reached.add(file)
      }
    }
    expect(manual.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([])
  })

  it('begins each page with one title', () => {
    const without = manual.filter(({ text }) => !text.startsWith('# '))
    expect(without.map(({ path }) => path)).toEqual([])
  })
})

describe('what is read first', () => {
  it.each(['README.md', 'packages/hot-hook/README.md', 'packages/runner/README.md'])(
    '%s has at most 150 lines',
    (path) => {
      expect(byPath.get(path)?.text.trimEnd().split('\n').length).toBeLessThanOrEqual(150)
    },
  )

  it('shows a picture that exists', () => {
    const pictures = byPath.get('README.md')?.links.filter(({ target }) => target.endsWith('.svg'))
    expect(pictures?.length).toBeGreaterThan(0)
    for (const { target } of pictures ?? []) {
      expect(statSync(join(root, target)).size).toBeGreaterThan(1_000)
    }
  })
})
