import type { LoadFnOutput, LoadHookContext, LoadHookSync } from 'node:module'
import {
  decode,
  expectSave,
  isMissing,
  isSameLook,
  isUnchanged,
  missingSource,
  readText,
  stamp,
} from '../files/signature.ts'
import type { FileSignature, ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import { isError } from '../log/thrown.ts'
import { brings } from '../node/features.ts'
import {
  isCached,
  isCommonJs,
  isCompiledByLoader,
  prepend,
  whenRequired,
} from './commonjs/commonjs.ts'
import { ModuleInstance } from './instances/module-instance.ts'
import { fileOf, withoutVersion } from './instances/module-url.ts'
import type { HookChain } from './resolving/hook-chain.ts'
import type { RelativeImports } from './resolving/relative-imports.ts'
import { nativeAddon } from './resolving/requires.ts'
import { addToSource, gateStatement, gateSyncStatement } from './sources/additions.ts'
import { hasAttributes, withoutHot } from './sources/import-attributes.ts'
import { hasModuleSyntax } from './sources/lexer.ts'
import { stripsTypes, stripTypes } from './sources/strip-types.ts'
import { findSyntaxError, locate } from './sources/syntax-error.ts'
import type { SyntheticModules } from './synthetic-modules.ts'

type NextLoad = Parameters<LoadHookSync>[2]

export interface SourceLoaderHost {
  readonly graph: ModuleGraph
  readonly synthetic: SyntheticModules
  /** Whether the import that loads this file has just read what is its signature. */
  isJustRead(node: ModuleNode): boolean
  /** A file is part of the program: watch it. */
  loaded(node: ModuleNode): void
}

/** Loads sources: notes what was read, and adds what a module needs from the runtime. */
export class SourceLoader {
  readonly #host: SourceLoaderHost
  readonly #chain: HookChain
  readonly #relative: RelativeImports

  constructor(host: SourceLoaderHost, chain: HookChain, relative: RelativeImports) {
    this.#host = host
    this.#chain = chain
    this.#relative = relative
  }

  /** A module is about to be required. Another loader may compile it without asking the hooks. */
  expect(instance: ModuleInstance): void {
    const { node } = instance
    if (isCached(node) || node.unreloadable) return
    const expected = expectSave(node)
    whenRequired(node, () => {
      if (node.signature !== expected || !isCached(node)) return
      node.signature = { ...expected, source: readUnchanged(node.file, expected) }
      node.wasLoaded = true
      node.isCommonJs = true
      const { transaction } = instance
      if (!transaction || transaction.isEnded) node.running = instance.version
      this.#host.loaded(node)
    })
  }

  /** Loads an instance of a module of the program. */
  load(instance: ModuleInstance, context: LoadHookContext, nextLoad: NextLoad): LoadFnOutput {
    const { node, url, version, transaction } = instance
    const known = node.signature
    const plain = withoutHotAttribute(context)
    const clean = version === 0 ? url : withoutVersion(url)
    const isRequired = context.conditions.includes('require')
    const text = !isRequired && this.#isReadByNode(plain, nextLoad) ? this.#read(node) : undefined
    if (text !== undefined) {
      const read = { format: plain.format, source: text, shortCircuit: true }
      return this.#loaded(instance, read, { isRaw: true, isRequired })
    }
    // Node gives what has been required already: of a save since then it is still to be heard.
    const isGiven = !isRequired && node.isCommonJs && isCached(node)
    const expected = expectSave(node)
    let result: LoadFnOutput
    try {
      result = nextLoad(clean, plain)
    } catch (error) {
      // Every request for a module that cannot be loaded gets an error of its own.
      if (isError(error)) transaction?.loadErrors.add(error)
      // Who works with what it was before it was deleted is still to hear of that.
      if (known && isMissing(expected)) node.signature = { ...known, source: undefined }
      throw error
    }
    const { source } = result
    const isRaw = typeof source !== 'string' && source?.byteLength === expected.size
    const loaded = this.#loaded(instance, result, { isRaw, isRequired })
    if (isGiven) node.signature = known
    return loaded
  }

  /** The text of a file, read unless that is known; `undefined` when it cannot be read. */
  #read(node: ModuleNode): string | undefined {
    const known = node.signature
    if (this.#host.isJustRead(node)) return known?.source
    // What is read for the first time is read whatever the look says.
    const stamped = expectSave(node, known ? undefined : this.#relative.takeLook(node.url))
    // An importer of what has changed is loaded again as it is.
    if (known && isUnchanged(known, stamped)) node.signature = known
    const text = node.signature?.source ?? readText(node.file)
    if (text !== '' || !known?.source || known.source === missingSource) return text
    // Emptied since it was compared, it is in the middle of a save: that is still to be noticed.
    node.signature = known
    return known.source
  }

  /** Whether Node would read the file and give it as it is; an error of reading is left to it. */
  #isReadByNode(context: LoadHookContext, nextLoad: NextLoad): boolean {
    const { format, importAttributes } = context
    if (format !== 'module' && format !== 'module-typescript') return false
    if (hasAttributes(importAttributes)) return false
    return this.#chain.loadsByNode(() => nextLoad('hot-hook:', context))
  }

  /** Ignored files are loaded as they are; `import.meta.hot` is there all the same. */
  loadIgnored(url: string, context: LoadHookContext, nextLoad: NextLoad): LoadFnOutput {
    const result = nextLoad(url, withoutHotAttribute(context))
    if (result.format !== 'module' || !result.source || !url.startsWith('file:')) return result
    if (!includesMeta(result.source)) return result
    const node = this.#host.graph.getByUrl(url) ?? this.#host.graph.ensure(fileOf(url), url)
    node.isIgnored = true
    node.running = 0
    const instance = new ModuleInstance(node, 0, url, undefined)
    const text = decode(result.source)
    instance.setSource(text)
    if (!instance.lexed?.usesImportMeta) return result
    const added = addToSource(text, instance.lexed, { gate: '', cleanUrl: undefined })
    return { ...result, source: added }
  }

  /** @param isRaw the source is the file's, which no loader has touched */
  #loaded(
    instance: ModuleInstance,
    result: LoadFnOutput,
    { isRaw, isRequired }: { isRaw: boolean; isRequired: boolean },
  ): LoadFnOutput {
    const { node, transaction } = instance
    const { source } = result
    const text = source === undefined || source === null ? undefined : decode(source)
    const format = isRequired ? requiredFormat(node, result.format, text) : result.format
    const stamped = node.signature as FileSignature
    node.signature = { ...stamped, source: isRaw ? text : readUnchanged(node.file, stamped) }
    // For a require() Node gives a string, as a loader that compiles does.
    const isAsOnDisk = isRaw || (text !== undefined && text === node.signature.source)
    instance.isUntouched = isAsOnDisk
    if (!transaction || transaction.isEnded) node.running = instance.version
    node.wasLoaded = true
    this.#host.loaded(node)
    node.isCommonJs = isCommonJs(format) || (isRequired && format === 'json')
    const isModule = format === 'module' || format === 'module-typescript'
    // Node itself requires an entry whose package says no type: no module holds it.
    const isHeld = isRequired && !node.isEntry
    node.unreloadable = obstacleOf(format, isModule && isHeld) ?? node.unreloadable
    if (text === undefined || (!isModule && !node.isCommonJs)) return result

    instance.setSource(text)
    const isGated = transaction && !transaction.isEnded && transaction.isGated
    const cleanUrl = instance.version > 0 ? withoutVersion(instance.url) : undefined
    if (!isModule) {
      if (format === 'json') return result
      const added = isGated ? prepend(text, gateSyncStatement(instance.url)) : text
      // What is required is named by its path.
      const sourceUrl = isRequired ? undefined : cleanUrl
      if (format === 'commonjs-typescript' && stripsTypes && sourceUrl) {
        return { ...result, format: 'commonjs', source: stripTypes(node, added, sourceUrl) }
      }
      return isGated ? { ...result, source: added } : result
    }
    // What is still no JavaScript is compiled by a loader that the hooks do not see.
    instance.isFinal = !isRaw || format === 'module-typescript' || /\.m?js$/.test(node.file)
    instance.format = format
    // Node 24 and newer load again what has failed, with an error of its own for each import.
    if (++instance.loads > 1 && instance.isFinal) this.#throwSyntaxError(node, text, format)
    const gate = isGated && !isRequired ? gateOf(instance) : ''
    const added = addToSource(text, instance.lexed, { gate, cleanUrl })
    if (format === 'module-typescript' && stripsTypes && cleanUrl) {
      return { ...result, format: 'module', source: stripTypes(node, added, cleanUrl) }
    }
    return { ...result, source: added }
  }

  /** Throws Node's own error with its place, where Node would throw it without one. */
  #throwSyntaxError(node: ModuleNode, source: string, format: LoadFnOutput['format']): void {
    if (!brings('syncLinking')) return
    const suspect = findSyntaxError(source, node.file, format)
    if (!suspect) return
    const error = this.#host.synthetic.compileCheck.error(source, format, node.file)
    if (error === undefined) return
    locate(error, suspect)
    throw error
  }
}

function gateOf({ url, isDeferred }: ModuleInstance): string {
  return isDeferred ? gateSyncStatement(url) : gateStatement(url)
}

function withoutHotAttribute(context: LoadHookContext): LoadHookContext {
  if (context.importAttributes?.hot === undefined) return context
  return { ...context, importAttributes: withoutHot(context.importAttributes) }
}

/** Why a module of this format cannot be loaded again. */
function obstacleOf(format: LoadFnOutput['format'], isRequiredModule: boolean): string | undefined {
  if (format === 'wasm') return 'it is a WebAssembly module'
  if (format === 'addon') return nativeAddon
  return isRequiredModule ? 'it is an ES module, and require() cannot load it again' : undefined
}

/**
 * What comes of a required file. When neither its ending nor its package says it, Node gives no format,
 * or only 'typescript', and looks at the source. What a loader compiles for `require()` is CommonJS.
 */
function requiredFormat(
  node: ModuleNode,
  format: LoadFnOutput['format'],
  source: string | undefined,
): LoadFnOutput['format'] {
  if (isCompiledByLoader(node)) return 'commonjs'
  const isTypeScript = (format as string | undefined) === 'typescript'
  if (format && !isTypeScript) return format
  const detected = source !== undefined && hasModuleSyntax(source) ? 'module' : 'commonjs'
  return isTypeScript ? `${detected}-typescript` : detected
}

function includesMeta(source: string | ArrayBuffer | NodeJS.TypedArray): boolean {
  if (typeof source === 'string') return source.includes('import.meta')
  const bytes = ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source)
  return bytes.includes('import.meta')
}

/** The text of a file, unless it was saved since it was looked at: that is not what was loaded. */
function readUnchanged(file: string, before: FileSignature): string | undefined {
  const text = readText(file)
  return isSameLook(stamp(file), before) ? text : undefined
}
