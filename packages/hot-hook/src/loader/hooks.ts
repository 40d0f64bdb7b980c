import { readFileSync } from 'node:fs'
import type {
  LoadFnOutput,
  LoadHookContext,
  LoadHookSync,
  ResolveFnOutput,
  ResolveHookContext,
  ResolveHookSync,
} from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { EdgeKind, FileSignature, ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { ResolvedOptions } from '../options.ts'
import { decode, entriesOf, stamp } from '../watch/freshness.ts'
import { addToSource, gateSyncStatement } from './additions.ts'
import { hasStartedUp, isCommonJs, isRequiring, prepend, traceRequires } from './commonjs.ts'
import type { Facades, StarTarget } from './facade.ts'
import { importSite, isRequireResolve } from './import-site.ts'
import { InstanceTable } from './instance-table.ts'
import { ModuleInstance } from './module-instance.ts'
import {
  fileOf,
  isOwn,
  isSynthetic,
  versionedUrl,
  versionOf,
  withoutVersion,
} from './module-url.ts'
import { stripsTypes, stripTypes } from './strip-types.ts'
import { findSyntaxError, locate } from './syntax-error.ts'
import type { SyntheticModules } from './synthetic-modules.ts'
import type { Transaction } from './transaction.ts'

type NextResolve = Parameters<ResolveHookSync>[2]
type NextLoad = Parameters<LoadHookSync>[2]
type Attributes = ImportAttributes

const nativeAddon = 'it is a native addon'

/** What the hooks ask of the runtime. */
export interface LoaderHost {
  readonly options: ResolvedOptions
  readonly graph: ModuleGraph
  readonly facades: Facades
  readonly synthetic: SyntheticModules
  /** The module whose imports name the versions that they want. */
  readonly internalUrl: string
  /** The application imports a boundary: looks for saves, and loads what is due. */
  enterBoundary(node: ModuleNode, url: () => string, attributes: Attributes): void
  /** The program asks for node:cluster. */
  usesCluster(): void
  /** A lazy `require()` of a module that is not in its cache: the load that it starts, if any. */
  enterRequired(node: ModuleNode): Transaction | undefined
  /** The version that an import from outside of a transaction gets. */
  versionFor(node: ModuleNode): number
  /** A file is part of the program: watch it. */
  loaded(node: ModuleNode): void
  /** The transaction that starts with this URL. */
  transactionOf(url: string): Transaction | undefined
  warn(message: string): void
}

/** Node's `resolve` and `load` hooks, for ES modules. */
export class Loader {
  readonly #host: LoaderHost
  readonly instances: InstanceTable

  #isResolving = false

  constructor(host: LoaderHost) {
    this.#host = host
    this.instances = new InstanceTable(host.graph)
  }

  /** Runs `import.meta.resolve()`: what it asks for is not imported. */
  resolving(run: () => string): string {
    this.#isResolving = true
    try {
      return run()
    } finally {
      this.#isResolving = false
    }
  }

  readonly resolve: ResolveHookSync = (specifier, context, nextResolve) => {
    if (this.#isResolving) return resolveClean(specifier, context, nextResolve)
    if (isSynthetic(specifier)) return synthetic(specifier)
    const { parentURL } = context
    if (parentURL === this.#host.internalUrl) {
      return this.#resolveInternal(specifier, context, nextResolve)
    }
    if (parentURL !== undefined && isSynthetic(parentURL)) {
      return this.#resolveFromSynthetic(specifier, parentURL, context, nextResolve)
    }
    const parent = parentURL === undefined ? undefined : this.instances.find(parentURL)
    const isRequire = context.conditions.includes('require')
    const known = parent?.boundaries.get(specifier)
    if (known && !isRequire) return this.#enterBoundary(known, withoutHot(context.importAttributes))
    if (specifier === 'node:cluster' || specifier === 'cluster') this.#host.usesCluster()
    if (specifier.startsWith('node:')) return nextResolve(specifier, context)
    return this.#resolve(specifier, context, nextResolve, parent, isRequire)
  }

  readonly load: LoadHookSync = (url, context, nextLoad) => {
    if (isSynthetic(url)) {
      return { ...this.#host.synthetic.load(url), shortCircuit: true }
    }
    const isRequire = context.conditions.includes('require')
    const instance = isRequire ? this.instances.latest(url) : this.instances.get(url)
    if (!instance) return this.#loadIgnored(url, context, nextLoad)
    const { node } = instance
    const attributes = withoutHot(context.importAttributes)
    const clean = instance.version === 0 ? url : withoutVersion(url)
    const stamped = stamp(node.file)
    const readAt = Date.now()
    const previous = node.signature?.source
    // Should loading fail, whatever is saved next is a change.
    node.signature = { ...stamped, readAt, source: undefined }
    const result = noteError(instance.transaction, () =>
      nextLoad(clean, { ...context, importAttributes: attributes }),
    )
    return this.#loaded(instance, result, { ...stamped, readAt, source: previous }, context)
  }

  #resolve(
    given: string,
    context: ResolveHookContext,
    nextResolve: NextResolve,
    parent: ModuleInstance | undefined,
    isRequire: boolean,
  ): ResolveFnOutput {
    const { parentURL } = context
    const { options, graph } = this.#host
    const isHot = context.importAttributes?.hot === 'true'
    const attributes = withoutHot(context.importAttributes)
    const specifier = withoutVersion(given)
    const cleanParent = parentURL && withoutVersion(parentURL)
    const plain =
      cleanParent === parentURL && attributes === context.importAttributes
        ? context
        : { ...context, parentURL: cleanParent, importAttributes: attributes }
    let result: ResolveFnOutput
    try {
      result = nextResolve(specifier, plain)
    } catch (error) {
      if (parent) this.#noteMissing(parent, specifier, error)
      throw error
    }
    if (!result.url.startsWith('file:')) return { ...result, importAttributes: attributes }
    const url = withoutVersion(result.url)
    const node = graph.getByUrl(url) ?? this.#node(url)
    if (!node) return { ...result, importAttributes: attributes }

    const importer = parent?.node ?? this.#importer(cleanParent)
    if (!importer) {
      node.isEntry = true
      const entry = this.#versioned(node, url, undefined, result, attributes)
      return isRequire ? { ...result, url } : entry
    }
    const site = this.#site(specifier, parentURL as string, parent, importer, isRequire)
    if (site === 'resolve') return { ...result, url }
    if (isRequire) {
      this.#required(importer, parent, node, specifier, site)
      return { ...result, url }
    }
    const kind = this.#edgeKind(importer, node, site, isHot)
    const edge = graph.link(importer, node, kind, parent?.version ?? importer.version)
    if (kind === 'boundary') {
      edge.specifiers.add(specifier)
      const known = { node, url, format: result.format }
      parent?.boundaries.set(given, known)
      return this.#enterBoundary(known, attributes)
    }
    if (kind === 'static' && (isHot || options.isBoundary(node.file))) {
      this.#importedStatically(importer, node, specifier)
    }
    const versioned = this.#versioned(node, url, parent?.transaction, result, attributes)
    if (kind === 'static' && parent?.lexed?.accepted.size) {
      return this.#facade(parent, specifier, node, versioned, plain, nextResolve)
    }
    return versioned
  }

  /** The module of a URL, unless its file is ignored. */
  #node(url: string): ModuleNode | undefined {
    // Hot Hook's own modules never change, also where it is a linked workspace package.
    if (isOwn(url)) return undefined
    const file = fileOf(url)
    return this.#host.options.isIgnored(file) ? undefined : this.#host.graph.ensure(file, url)
  }

  /** Who imports, when its loading was not seen: an ignored package, or what came before us. */
  #importer(url: string | undefined): ModuleNode | undefined {
    if (!url?.startsWith('file:') || url.endsWith('/')) return undefined
    const { graph, options } = this.#host
    const known = graph.getByUrl(url)
    if (known) return known
    const file = fileOf(url)
    const node = graph.ensure(file, url)
    node.running = 0
    if (options.isIgnored(file)) node.isIgnored = true
    else node.isOutside = true
    return node
  }

  #edgeKind(
    importer: ModuleNode,
    node: ModuleNode,
    site: 'static' | 'start-up' | 'later',
    isHot: boolean,
  ): EdgeKind {
    const { options } = this.#host
    if (importer.isIgnored) return 'start-up'
    if (site === 'static') return 'static'
    if (isHot) return 'boundary'
    if (options.boundaries) return options.isBoundary(node.file) ? 'boundary' : 'start-up'
    return site === 'later' ? 'boundary' : 'start-up'
  }

  #importedStatically(importer: ModuleNode, node: ModuleNode, specifier: string): void {
    node.isWronglyImported = true
    if (!this.#host.options.throwWhenBoundariesAreNotDynamicallyImported) return
    throw new Error(
      `The boundary "${specifier}" must be imported with import() from ${importer.file}: ` +
        'an import statement never asks for its next version.',
    )
  }

  /** Where a request comes from: a CommonJS module knows by itself whether it has started up. */
  #site(
    specifier: string,
    parentURL: string,
    parent: ModuleInstance | undefined,
    importer: ModuleNode,
    isRequire: boolean,
  ): ReturnType<typeof importSite> {
    if (isRequire) {
      if (!isRequiring(importer.file) && isRequireResolve(this.resolve)) return 'resolve'
      const isStarted = hasStartedUp(importer.file) ?? (importer.isCommonJs || undefined)
      if (isStarted !== undefined) return isStarted ? 'later' : 'static'
    } else if (parent?.isStaticRequest(specifier)) return 'static'
    return importSite(parentURL, withoutVersion(parentURL), importer.file, this.resolve)
  }

  /** A `require()` that is not answered from its cache. */
  #required(
    importer: ModuleNode,
    parent: ModuleInstance | undefined,
    node: ModuleNode,
    specifier: string,
    site: 'static' | 'start-up' | 'later',
  ): void {
    traceRequires()
    if (node.running === undefined && node.file.endsWith('.node')) this.#noteAddon(node)
    const kind = this.#edgeKind(importer, node, site, false)
    const edge = this.#host.graph.link(importer, node, kind, parent?.version ?? importer.version)
    edge.specifiers.add(specifier)
    const transaction =
      kind === 'boundary' ? this.#host.enterRequired(node) : openTransaction(parent)
    this.instances.ensure(versionedUrl(node.url, node.version), node, node.version, transaction)
  }

  /** Node requires an addon without asking the `load` hook. */
  #noteAddon(node: ModuleNode): void {
    node.running = node.version
    node.unreloadable = nativeAddon
    node.signature = { ...stamp(node.file), readAt: Date.now(), source: undefined }
    this.#host.loaded(node)
  }

  #enterBoundary(
    known: { node: ModuleNode; url: string; format: string | null | undefined },
    attributes: Attributes,
  ): ResolveFnOutput {
    const { node } = known
    const url = () => versionedUrl(known.url, this.#host.versionFor(node))
    this.#host.enterBoundary(node, url, attributes)
    const version = this.#host.versionFor(node)
    return this.#versioned(node, known.url, undefined, known, attributes, version)
  }

  #versioned(
    node: ModuleNode,
    cleanUrl: string,
    transaction: Transaction | undefined,
    { format }: { format?: string | null | undefined },
    importAttributes: Attributes,
    version = transaction?.pinned.get(node) ?? node.version,
  ): ResolveFnOutput {
    const url = versionedUrl(cleanUrl, version)
    this.instances.ensure(url, node, version, transaction)
    return { url, format: format ?? null, importAttributes, shortCircuit: true }
  }

  /** What this package asks for: versions by their URL, CommonJS modules by their path. */
  #resolveInternal(
    specifier: string,
    context: ResolveHookContext,
    nextResolve: NextResolve,
  ): ResolveFnOutput {
    const { graph } = this.#host
    const isUrl = specifier.startsWith('file:')
    const node = isUrl ? graph.getByUrl(withoutVersion(specifier)) : graph.get(specifier)
    if (!node) return nextResolve(specifier, context)
    const url = isUrl ? specifier : versionedUrl(node.url, node.version)
    const transaction = this.#host.transactionOf(url)
    if (transaction) this.instances.ensure(url, node, versionOf(url), transaction)
    return isUrl ? { url, shortCircuit: true } : nextResolve(specifier, context)
  }

  #resolveFromSynthetic(
    specifier: string,
    parentURL: string,
    context: ResolveHookContext,
    nextResolve: NextResolve,
  ): ResolveFnOutput {
    const { synthetic: modules, graph } = this.#host
    if (modules.isCheck(parentURL)) return { ...synthetic(modules.emptyUrl), importAttributes: {} }
    if (!specifier.startsWith('file:')) return nextResolve(specifier, context)
    const node = graph.getByUrl(withoutVersion(specifier))
    const transaction = this.#host.transactionOf(parentURL)
    if (node && transaction) {
      // A loader that was registered after us may keep the query to itself until we have answered.
      const version = versionOf(specifier) || (transaction.pinned.get(node) ?? node.version)
      const url = versionedUrl(withoutVersion(specifier), version)
      this.instances.ensure(url, node, version, transaction)
    }
    return { url: specifier, shortCircuit: true }
  }

  /** A static import that its module accepts gets bindings that can move. */
  #facade(
    parent: ModuleInstance,
    specifier: string,
    node: ModuleNode,
    versioned: ResolveFnOutput,
    context: ResolveHookContext,
    nextResolve: NextResolve,
  ): ResolveFnOutput {
    const resolveClean = (given: string, parentURL: string | undefined) => {
      try {
        return withoutVersion(nextResolve(given, { ...context, parentURL }).url)
      } catch {
        return undefined
      }
    }
    const accepted = [...(parent.lexed?.accepted ?? [])]
    const clean = withoutVersion(versioned.url)
    // A loader that was registered after us may have resolved it already, and knows more endings.
    const isMeant = (given: string) => {
      if (given === specifier) return true
      const url = resolveClean(given, context.parentURL)
      return url === undefined ? differsInEnding(given, parent.node.url, clean) : url === clean
    }
    if (!accepted.some(isMeant)) return versioned
    const statics = [...(parent.lexed?.statics ?? [])]
    const spelled = statics.includes(specifier) ? specifier : statics.find(isMeant)
    const facade = this.#host.facades.create(parent, spelled ?? specifier, node, versioned.url, {
      sourceOf: (target) => moduleSource(target, versioned.format),
      resolveStar: (parentURL, given): StarTarget => {
        const url = resolveClean(given, withoutVersion(parentURL)) ?? given
        const target =
          this.#host.graph.getByUrl(url) ?? (url.startsWith('file:') ? this.#node(url) : undefined)
        if (!target) return { node: undefined, url }
        return { node: target, url: this.#versioned(target, url, parent.transaction, {}, {}).url }
      },
    })
    if (!facade) return versioned
    if ('url' in facade) return { ...synthetic(facade.url), importAttributes: {} }
    this.#host.warn(
      `${parent.node.file} accepts "${specifier}", but its bindings cannot follow: ${facade.problem}. ` +
        'The accept callback gets the new module all the same.',
    )
    return versioned
  }

  /** Until it is found, a change in the directory where it would be tries again. */
  #noteMissing(parent: ModuleInstance, specifier: string, error: unknown): void {
    const { graph, options } = this.#host
    const { url } = error as { url?: unknown }
    let directory = options.rootDirectory
    try {
      if (typeof url === 'string') directory = dirname(fileURLToPath(url))
      else if (/^\.{0,2}\//.test(specifier)) {
        directory = dirname(fileURLToPath(new URL(specifier, parent.node.url)))
      }
    } catch {}
    let stamped = stamp(directory)
    while (stamped.mtimeMs < 0 && dirname(directory) !== directory) {
      directory = dirname(directory)
      stamped = stamp(directory)
    }
    const node = graph.ensure(directory, pathToFileURL(directory).href)
    node.isMissing = true
    node.running ??= 0
    node.signature = { ...stamped, readAt: Date.now(), source: entriesOf(directory) }
    graph.link(parent.node, node, 'static', parent.version)
    this.#host.loaded(node)
  }

  #loaded(
    instance: ModuleInstance,
    result: LoadFnOutput,
    previous: FileSignature,
    context: LoadHookContext,
  ): LoadFnOutput {
    const { node, transaction } = instance
    const isRequired = context.conditions.includes('require')
    const { source } = result
    const text = source === undefined || source === null ? undefined : decode(source)
    const isRaw = typeof source !== 'string' && source?.byteLength === previous.size
    const onDisk = isRaw ? text : readUnchanged(node.file, previous)
    const isNew = node.hasChanged || node.running === undefined
    node.signature = { ...previous, source: onDisk }
    if (!transaction || transaction.isEnded) node.running = instance.version
    this.#host.loaded(node)
    if (result.format === 'wasm') node.unreloadable = 'it is a WebAssembly module'
    if (result.format === 'addon') node.unreloadable = nativeAddon
    node.isCommonJs = isCommonJs(result.format) || (isRequired && result.format === 'json')
    const isModule = result.format === 'module' || result.format === 'module-typescript'
    if (isModule && isRequired) {
      node.unreloadable = 'it is an ES module, and require() cannot load it again'
    }
    if (text === undefined || (!isModule && !node.isCommonJs)) return result

    instance.setSource(text)
    const isGated = transaction && !transaction.isEnded && transaction.isGated
    if (!isModule) {
      if (!isGated || result.format === 'json') return result
      return { ...result, source: prepend(text, gateSyncStatement(instance.url)) }
    }
    // What is still no JavaScript is compiled by a loader that was registered after us.
    instance.isFinal = !isRaw || result.format === 'module-typescript' || /\.m?js$/.test(node.file)
    if (transaction && isNew && instance.isFinal)
      this.#check(node, text, result.format, transaction)
    const added = addToSource(text, instance.lexed, {
      gateUrl: isGated && !isRequired ? instance.url : undefined,
      cleanUrl: instance.version > 0 ? withoutVersion(instance.url) : undefined,
    })
    if (result.format === 'module-typescript' && stripsTypes && instance.version > 0) {
      const source = stripTypes(added, withoutVersion(instance.url))
      return { ...result, format: 'module', source }
    }
    return { ...result, source: added }
  }

  /** Finds the place of a syntax error before Node reports it without one. */
  #check(
    node: ModuleNode,
    source: string,
    format: LoadFnOutput['format'],
    transaction: Transaction,
  ): void {
    const suspect = findSyntaxError(source, node.file, format)
    if (!suspect) return
    transaction.suspects.push(suspect)
    const { compileCheck } = this.#host.synthetic
    const error = compileCheck.isSupported
      ? compileCheck.error(source, format, node.file)
      : undefined
    if (error === undefined) return
    locate(error, suspect)
    throw error
  }

  /** Ignored files are loaded as they are; `import.meta.hot` is there all the same. */
  #loadIgnored(url: string, context: LoadHookContext, nextLoad: NextLoad): LoadFnOutput {
    const result = nextLoad(url, {
      ...context,
      importAttributes: withoutHot(context.importAttributes),
    })
    if (result.format !== 'module' || !result.source || !url.startsWith('file:')) return result
    if (!includesMeta(result.source)) return result
    const node = this.#host.graph.getByUrl(url) ?? this.#host.graph.ensure(fileOf(url), url)
    node.isIgnored = true
    node.running = 0
    const instance = new ModuleInstance(node, 0, url, undefined)
    const text = decode(result.source)
    instance.setSource(text)
    if (!instance.lexed?.usesImportMeta) return result
    const added = addToSource(text, instance.lexed, { gateUrl: undefined, cleanUrl: undefined })
    return { ...result, source: added }
  }
}

/** Every request for a module that cannot be loaded gets an error of its own. */
function noteError<T>(transaction: Transaction | undefined, load: () => T): T {
  try {
    return load()
  } catch (error) {
    if (error instanceof Error) transaction?.loadErrors.add(error)
    throw error
  }
}

function openTransaction(instance: ModuleInstance | undefined): Transaction | undefined {
  return instance?.transaction?.isEnded === false ? instance.transaction : undefined
}

function resolveClean(
  specifier: string,
  context: ResolveHookContext,
  nextResolve: NextResolve,
): ResolveFnOutput {
  const parentURL = context.parentURL && withoutVersion(context.parentURL)
  const result = nextResolve(withoutVersion(specifier), { ...context, parentURL })
  return { ...result, url: withoutVersion(result.url) }
}

function synthetic(url: string): ResolveFnOutput {
  return { url, format: 'module', shortCircuit: true }
}

function withoutHot(attributes: ResolveHookContext['importAttributes']): Attributes {
  if (attributes?.hot === undefined) return (attributes as Attributes | undefined) ?? {}
  const { hot: _, ...others } = attributes
  return others as Attributes
}

/** Whether a relative specifier means `url` but for the ending: './a.js', './a' or './' for a.ts. */
function differsInEnding(specifier: string, parentUrl: string, url: string): boolean {
  if (!/^\.{0,2}\//.test(specifier)) return false
  const bare = (path: string) => path.replace(/\/?(index)?(\.[cm]?[jt]sx?)?$/, '')
  return bare(new URL(specifier, parentUrl).href) === bare(url)
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
  const { mtimeMs, size } = stamp(file)
  return mtimeMs === before.mtimeMs && size === before.size ? text : undefined
}

function readText(file: string): string | undefined {
  try {
    return decode(readFileSync(file))
  } catch {
    return undefined
  }
}

/** The text of an ES module or of JSON; CommonJS names its exports when it runs. */
function moduleSource(node: ModuleNode, format: string | null | undefined): string | undefined {
  if (node.file.endsWith('.json')) return 'export default 0'
  if (format?.startsWith('commonjs') || /\.c[jt]s$/.test(node.file)) return undefined
  return readText(node.file)
}
