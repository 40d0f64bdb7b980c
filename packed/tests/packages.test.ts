import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { expect, it } from 'vitest'
import { filesOf, packAll } from '../pack.ts'

const packages = packAll()
const each = packages.map((packed) => [packed.name, packed] as const)

/** What can be said of any package whose code is ES modules alone, for Node 22 and newer. */
const expected = new Set([
  // Before "exports", which Node has had since 12.
  'node10',
  // require() of an ES module works in every Node that these run on.
  'CJSResolvesToESM',
])

it('there are some', () => {
  expect(packages.map(({ name }) => name)).toContain('hot-hook')
})

it.each(each)('%s: publint has nothing to say', async (_, { tarball }) => {
  const { buffer, byteOffset, byteLength } = readFileSync(tarball)
  const data = (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength)
  const { messages, pkg } = await publint({ pack: { tarball: data }, strict: true })
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
})

it.each(each)('%s: the types are found, and are those of the code', async (_, { tarball }) => {
  const result = await checkPackage(createPackageFromTarballData(readFileSync(tarball)))
  if (result.types === false) throw new Error('no types at all')
  const problems = result.problems.filter((problem) => {
    const of = 'resolutionKind' in problem ? problem.resolutionKind : ''
    const option = 'resolutionOption' in problem ? problem.resolutionOption : ''
    return ![problem.kind, of, option].some((text) => expected.has(text))
  })
  expect(problems).toEqual([])
})

it.each(each)('%s: has what is published, and nothing of ours', (_, packed) => {
  const files = filesOf(packed)
  expect(files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE.md']))
  expect(
    files.filter((file) => /(^|\/)(tests?|src|node_modules)\/|tsconfig|\.map$/.test(file)),
  ).toEqual([])
})

it('the runtime and what it depends on are at most 600 KB', () => {
  const runtime = packages.find(({ name }) => name === 'hot-hook')
  if (!runtime) throw new Error('no runtime')
  const own = filesOf(runtime).map(
    (file) => statSync(join(dirname(runtime.tarball), 'package', file)).size,
  )
  const bytes = own.reduce((sum, size) => sum + size, 0) + sizeOfDependencies(runtime.directory)
  expect(bytes / 1000).toBeGreaterThan(300)
  expect(bytes / 1000).toBeLessThanOrEqual(600)
})

/** The bytes of all packages that one depends on. */
function sizeOfDependencies(directory: string, known = new Set<string>()): number {
  const { dependencies = {} } = JSON.parse(
    readFileSync(join(directory, 'package.json'), 'utf8'),
  ) as {
    dependencies?: Record<string, string>
  }
  let sum = 0
  for (const name of Object.keys(dependencies)) {
    // Where pnpm has put it: beside the package that needs it, or below it.
    const places = [join(directory, 'node_modules', name), join(dirname(directory), name)]
    const found = places.find((place) => existsSync(place))
    if (found === undefined) throw new Error(`${name} is not installed`)
    const path = realpathSync(found)
    if (known.has(path)) continue
    known.add(path)
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && !entry.parentPath.includes('node_modules/.bin')) {
        sum += statSync(join(entry.parentPath, entry.name)).size
      }
    }
    sum += sizeOfDependencies(path, known)
  }
  return sum
}

it.each(each)('%s: no file is left from a source that there is not', (_, packed) => {
  const built = filesOf(packed).filter((file) => /^dist\/.*\.d\.ts$/.test(file))
  expect(built.length).toBeGreaterThan(0)
  const sources = built.map((file) =>
    file.replace(/^dist\/(types\/)?/, 'src/').replace(/\.d\.ts$/, '.ts'),
  )
  const lost = sources.filter(
    (source) => !statSync(join(packed.directory, source), { throwIfNoEntry: false }),
  )
  expect(lost).toEqual([])
})

it.each(each)(
  '%s: says where it comes from, and where to go with a problem',
  (name, { manifest, directory }) => {
    expect(manifest).toMatchObject({
      license: 'MIT',
      repository: {
        type: 'git',
        url: expect.stringMatching(/^git\+https:\/\//),
        directory: `packages/${directory.split(/[\\/]/).at(-1)}`,
      },
      homepage: expect.stringMatching(/^https:\/\//),
      bugs: expect.stringMatching(/^https:\/\//),
      funding: expect.anything(),
      engines: { node: expect.stringMatching(/^>=22/) },
    })
    expect(JSON.stringify(manifest)).not.toContain('workspace:')
    expect(manifest.description, name).toMatch(/^\S.{20,}$/)
  },
)

it.each(each)(
  '%s: links in its README work on npm, where there is no other directory',
  (_, { tarball }) => {
    const readme = readFileSync(join(dirname(tarball), 'package/README.md'), 'utf8')
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, link]) => link)
    expect(links).toEqual([])
  },
)
