import { dirname, join, relative } from 'node:path'
import { appExports, moduleSource } from './module-source.ts'
import { type Language, type Program, type Target, writeProgramFile } from './program.ts'

export interface TreeOptions {
  directory: string
  /** Modules in all, `app` and the shared one included; at least 4. */
  size: number
  language: Language
  /** Imports of each inner module. */
  fanOut?: number
  /**
   * The value is that of one way to each target: a request takes as long in a small program as in a large
   * one. By default it is that of all modules.
   */
  isValueOfTargets?: boolean
}

/** Every so many leaves one imports the shared module. */
const sharedEvery = 10

/**
 * A program as applications are: `app` imports modules that import modules, and one module in ten
 * at the bottom imports a shared one. (A deep chain would overflow Node's own linker.)
 */
export function writeTree(options: TreeOptions): Program {
  const { directory, size, language, fanOut = 10, isValueOfTargets = false } = options
  const inTree = size - 1
  const path = (index: number) =>
    index === 0
      ? `app.${language}`
      : `modules/${String(Math.floor(index / 100)).padStart(3, '0')}/m${index}.${language}`
  const shared = `modules/shared.${language}`
  const parentOf = (index: number) => Math.floor((index - 1) / fanOut)
  const childrenOf = (index: number) =>
    Array.from({ length: fanOut }, (_, nth) => index * fanOut + nth + 1).filter(
      (child) => child < inTree,
    )
  const depthOf = (index: number): number => (index === 0 ? 0 : 1 + depthOf(parentOf(index)))
  const isLeaf = (index: number) => index * fanOut + 1 >= inTree
  const usesShared = (index: number) => isLeaf(index) && index % sharedEvery === 0

  const specifier = (from: string, to: string) => {
    const path = relative(dirname(from), to).replaceAll('\\', '/')
    return path.startsWith('.') ? path : `./${path}`
  }
  const leaves = Array.from({ length: inTree }, (_, index) => index).filter(isLeaf)
  const sharing = leaves.filter(usesShared)
  const leaf = leaves.findLast((index) => !usesShared(index)) ?? inTree - 1
  const [firstSharing = leaf] = sharing
  const asked = new Set(
    [leaf, firstSharing].flatMap((index) => ancestors(index, parentOf)).map(path),
  )
  if (isValueOfTargets) asked.add(shared)
  const source = (index: number, version: number, queries: Record<string, string> = {}) => {
    const imports = [...childrenOf(index).map(path), ...(usesShared(index) ? [shared] : [])]
    const isAsked = (to: string) => asked.has(to) && (to !== shared || index === firstSharing)
    if (isValueOfTargets) imports.sort((a, b) => Number(isAsked(b)) - Number(isAsked(a)))
    return moduleSource({
      name: index === 0 ? 'App' : `Part${index}`,
      imports: imports.map((to) => specifier(path(index), to) + (queries[to] ?? '')),
      version,
      language,
      value: isValueOfTargets ? imports.filter(isAsked).length : 'all imports',
      ...(index === 0 ? { extra: appExports } : {}),
    })
  }
  const sharedSource = (version: number) =>
    moduleSource({ name: 'Shared', imports: [], version, language, value: 'all imports' })

  for (let index = 0; index < inTree; index++) {
    writeProgramFile(directory, path(index), source(index, 0))
  }
  writeProgramFile(directory, shared, sharedSource(0))

  const target = (index: number): Target => {
    const way = ancestors(index, parentOf)
    return {
      file: join(directory, path(index)),
      weight: 1,
      affected: way.length,
      source: (version) => source(index, version),
      importers: way.slice(1).map((importer, nth) => ({
        file: join(directory, path(importer)),
        source: (query) => source(importer, 0, { [path(way[nth] as number)]: query }),
      })),
    }
  }
  const aboveShared = new Set<number>()
  for (const leaf of sharing) {
    for (let at = leaf; !aboveShared.has(at); at = parentOf(at)) {
      aboveShared.add(at)
      if (at === 0) break
    }
  }
  return {
    directory,
    language,
    size,
    targets: {
      leaf: target(leaf),
      // The module halfway up from that leaf.
      middle: target(ancestors(leaf, parentOf)[Math.ceil(depthOf(leaf) / 2)] ?? 0),
      shared: {
        file: join(directory, shared),
        weight: isValueOfTargets ? 1 : sharing.length,
        affected: aboveShared.size + 1,
        source: sharedSource,
      },
      app: target(0),
    },
  }
}

/** `index` and everything above it, upwards. */
function ancestors(index: number, parentOf: (index: number) => number): number[] {
  return index === 0 ? [0] : [index, ...ancestors(parentOf(index), parentOf)]
}
