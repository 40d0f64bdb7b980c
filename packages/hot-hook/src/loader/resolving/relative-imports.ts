import { lstatSync } from 'node:fs'
import type { ResolveFnOutput, ResolveHookContext, ResolveHookSync } from 'node:module'
import type { Look } from '../../files/signature.ts'
import { fileOf, withoutVersion } from '../instances/module-url.ts'
import { hasAttributes } from '../sources/import-attributes.ts'
import type { HookChain } from './hook-chain.ts'

type NextResolve = Parameters<ResolveHookSync>[2]

/** A path to a JavaScript or TypeScript file in which nothing is encoded, queried or doubled. */
const plainPath = /^\.\.?\/(?:[\w@+.-]+\/)*[\w@+.-]+\.m?[jt]s$/

const extensions = new Set(['.js', '.mjs', '.ts', '.mts'])

/** The formats that follow from a file's extension and package, not from its content. */
const settledFormats = new Set<string | null | undefined>(['module', 'module-typescript'])

/** Node refuses it before it looks at any file. */
const unresolvable = './hot-hook%2f'

/** A file that an import names. */
interface Target {
  url: string
  /** The URL of its directory with its extension. */
  place: string
}

/**
 * Resolves imports as Node does; relative ones several times faster, where one look at the
 * file is enough: once Node has found a module in a directory, the directory is known to be no
 * symbolic link, and its package to say what an extension means (Node reads both only once, too).
 * All else is left to Node: a file that is missing or a link, JSON, CommonJS, another loader's say.
 */
export class RelativeImports {
  readonly #chain: HookChain
  readonly #isRunning: (url: string) => boolean
  /** What Node has answered, by place. */
  readonly #formats = new Map<string, ResolveFnOutput['format']>()
  /** The look with which the last file was found, and where. */
  #found: { url: string; look: Look } | undefined

  /** @param isRunning whether the module of a URL is loaded in its latest version: it needs no look */
  constructor(chain: HookChain, isRunning: (url: string) => boolean) {
    this.#chain = chain
    this.#isRunning = isRunning
  }

  /** Whether Node itself would answer, so that this can answer in its place. */
  answers(context: ResolveHookContext, nextResolve: NextResolve): boolean {
    return this.#chain.resolvesByNode(() => nextResolve(unresolvable, context))
  }

  resolve(
    specifier: string,
    context: ResolveHookContext,
    nextResolve: NextResolve,
  ): ResolveFnOutput {
    const target = targetOf(specifier, context)
    if (!target || !this.answers(context, nextResolve)) return nextResolve(specifier, context)
    const format = this.#formats.get(target.place)
    if (format && (this.#isRunning(target.url) || this.#isFile(target.url))) {
      return { url: target.url, format, shortCircuit: true }
    }
    const answer = nextResolve(specifier, context)
    // Another URL means that there is a link on the way.
    if (answer.url === target.url && settledFormats.has(answer.format)) {
      this.#formats.set(target.place, answer.format)
    }
    return answer
  }

  /** The look with which a file was just found, once; `undefined` when another was found since. */
  takeLook(url: string): Look | undefined {
    const found = this.#found
    this.#found = undefined
    return found?.url === url ? found.look : undefined
  }

  /** Whether there is a file, and no link to one. */
  #isFile(url: string): boolean {
    try {
      const look = lstatSync(fileOf(url), { throwIfNoEntry: false })
      if (!look?.isFile()) return false
      this.#found = { url, look }
      return true
    } catch {
      return false
    }
  }

  /** What Node would say of a file's format, when it is sure to say it again. */
  formatOf(url: string): ResolveFnOutput['format'] {
    const place = placeOf(withoutVersion(url))
    return place && this.#formats.get(place)
  }
}

function targetOf(
  specifier: string,
  { parentURL, importAttributes }: ResolveHookContext,
): Target | undefined {
  if (!parentURL?.startsWith('file:') || hasAttributes(importAttributes)) return undefined
  if (!plainPath.test(specifier)) return undefined
  const url = joined(parentURL, specifier) ?? new URL(specifier, parentURL).href
  return { url, place: placeOf(url) as string }
}

/** What `new URL()` makes of a plain path, several times faster; `undefined` when it is to be asked. */
function joined(parentUrl: string, specifier: string): string | undefined {
  if (/[?#]/.test(parentUrl)) return undefined
  let end = parentUrl.lastIndexOf('/')
  let start = specifier.startsWith('./') ? './'.length : 0
  for (; specifier.startsWith('../', start); start += '../'.length) {
    end = parentUrl.lastIndexOf('/', end - 1)
  }
  // Above the root there is nothing.
  if (end < 'file://'.length || specifier.includes('/.', start - 1)) return undefined
  return parentUrl.slice(0, end + 1) + specifier.slice(start)
}

/** The URL of a file's directory with its extension. */
function placeOf(url: string): string | undefined {
  const extension = url.slice(url.lastIndexOf('.'))
  return extensions.has(extension) ? url.slice(0, url.lastIndexOf('/') + 1) + extension : undefined
}
