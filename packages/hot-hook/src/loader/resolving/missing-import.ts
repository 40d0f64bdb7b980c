import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isDirectory } from '../../files/directory.ts'
import { readSignature, stamp } from '../../files/signature.ts'
import type { ModuleGraph, ModuleNode } from '../../graph/module-graph.ts'
import { isError, textOf } from '../../log/thrown.ts'
import type { ModuleInstance } from '../instances/module-instance.ts'

/**
 * Notes that an import was not found: until it is, a change in the directory where it would be, or in
 * the root directory when the error and the specifier name none, tries again.
 *
 * @returns the node that stands for the directory
 */
export function noteMissingImport(
  parent: ModuleInstance,
  specifier: string,
  error: unknown,
  graph: ModuleGraph,
  rootDirectory: string,
): ModuleNode {
  const directory = nearestExisting(directoryOf(parent, specifier, error) ?? rootDirectory)
  const node = graph.ensure(directory, pathToFileURL(directory).href)
  // What a module watches is shown, and never loaded.
  if (!node.isResource) {
    node.isMissing = true
    node.running ??= 0
  }
  // What has come since it was noted for another import is still to be told.
  node.signature ??= readSignature(node, stamp(directory))
  return node
}

/** What was required and not found. */
interface MissedFile {
  /** URL of the module that requires it. */
  url: string
  specifier: string
}

/**
 * What could not be found by a `require()`, as its error says it: on Node 22 the hooks are not asked
 * for what CommonJS requires that came from the ES module loader, as TypeScript does, until it is found.
 */
export function missingRequire(error: unknown): MissedFile | undefined {
  if (!isError(error) || textOf(error, 'code') !== 'MODULE_NOT_FOUND') return undefined
  const { requireStack } = error as { requireStack?: unknown }
  const [file] = Array.isArray(requireStack) ? requireStack : []
  const [, specifier] = /^Cannot find module '(.*)'$/m.exec(textOf(error, 'message')) ?? []
  if (typeof file !== 'string' || !specifier) return undefined
  return { url: pathToFileURL(file).href, specifier }
}

/** Whether the file is there by now, under the very name that it was required by. */
export function isThere({ url, specifier }: MissedFile): boolean {
  if (!/^\.{0,2}\//.test(specifier)) return false
  try {
    return statSync(new URL(specifier, url), { throwIfNoEntry: false })?.isFile() === true
  } catch {
    return false
  }
}

function directoryOf(
  parent: ModuleInstance,
  specifier: string,
  error: unknown,
): string | undefined {
  try {
    const { url } = error as { url?: unknown }
    if (typeof url === 'string') return dirname(fileURLToPath(url))
    if (!/^\.{0,2}\//.test(specifier)) return undefined
    return dirname(fileURLToPath(new URL(specifier, parent.node.url)))
  } catch {
    return undefined
  }
}

function nearestExisting(path: string): string {
  let directory = path
  // What should be one may be a file.
  while (!isDirectory(directory) && dirname(directory) !== directory) {
    directory = dirname(directory)
  }
  return directory
}
