import type { ResolveFnOutput, ResolveHookContext, ResolveHookSync } from 'node:module'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { Log } from '../log/log.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { renew } from './commonjs/renew.ts'
import type { InstanceTable } from './instances/instance-table.ts'
import type { KnownImport, ModuleInstance } from './instances/module-instance.ts'
import { isOwn, versionedUrl, withoutVersion } from './instances/module-url.ts'
import type { Transaction } from './instances/transaction.ts'
import type { Facades } from './live-bindings/facade.ts'
import { requestFacade, type StaticRequest } from './live-bindings/facade-request.ts'
import { syntheticModule } from './own-requests.ts'
import type { Edges } from './resolving/edges.ts'
import { type ImportSite, requestSite } from './resolving/import-site.ts'
import { isThere, missingRequire, noteMissingImport } from './resolving/missing-import.ts'
import type { RelativeImports } from './resolving/relative-imports.ts'
import { RepeatedImports } from './resolving/repeated-imports.ts'
import { Requires, type RequiresHost } from './resolving/requires.ts'
import type { StartUp } from './resolving/start-up.ts'
import { isWrapped } from './resolving/wrappers.ts'
import { hasAttributes, withoutHot } from './sources/import-attributes.ts'

type NextResolve = Parameters<ResolveHookSync>[2]
type Attributes = ImportAttributes

export interface ProgramRequestsHost extends RequiresHost {
  readonly options: ResolvedOptions
  readonly graph: ModuleGraph
  readonly facades: Facades
  readonly log: Log
  /** The application imports a boundary: looks for saves, and loads what is due. */
  enterBoundary(node: ModuleNode, url: () => string, attributes: Attributes): void
  /** The program asks for node:cluster. */
  usesCluster(): void
  /** The program asks for node:worker_threads. */
  usesThreads(): void
  /** Who imports now will ask again, whenever that is. */
  isAskedAgain(): boolean
  /** The version that an import from outside of a transaction gets. */
  versionFor(node: ModuleNode): number
  /** A program that has started up asks for what cannot be found. */
  unresolved(error: unknown, importer: ModuleNode): void
}

interface LoaderRooms {
  edges: Edges
  instances: InstanceTable
  relative: RelativeImports
  startUp: StartUp
  /** The program starts with this module. */
  followEntry(url: string, isRequire: boolean): void
  /** A module asks for what was found at this URL. */
  requested(parentUrl: string | undefined, url: string): void
  /** A module is about to be required. */
  expect(instance: ModuleInstance): void
  /** The hook that asks: not part of the program's stack. */
  hook: ResolveHookSync
}

/** Resolves what the program asks for, and notes it as an edge of the graph. */
export class ProgramRequests {
  readonly #host: ProgramRequestsHost
  readonly #rooms: LoaderRooms
  readonly #repeated: RepeatedImports
  readonly #requires: Requires

  constructor(host: ProgramRequestsHost, rooms: LoaderRooms) {
    this.#host = host
    this.#rooms = rooms
    this.#repeated = new RepeatedImports(host.graph)
    this.#requires = new Requires(host, rooms)
  }

  /** @param context its parent is named without what a loader has made of its version */
  resolve(
    specifier: string,
    context: ResolveHookContext,
    nextResolve: NextResolve,
  ): ResolveFnOutput {
    const { instances, relative } = this.#rooms
    const { parentURL } = context
    const parent = parentURL === undefined ? undefined : instances.find(parentURL)
    const isRequire = context.conditions.includes('require')
    const known = parent?.boundaries?.get(specifier)
    if (known && !isRequire) return this.#enterBoundary(known, withoutHot(context.importAttributes))
    if (parent?.statics && !isRequire && relative.answers(context, nextResolve)) {
      const again = this.#repeated.find(parent, specifier, context.importAttributes)
      if (again) return this.#resolveAgain(specifier, parent, again)
    }
    if (specifier === 'node:cluster' || specifier === 'cluster') this.#host.usesCluster()
    if (specifier === 'node:worker_threads' || specifier === 'worker_threads') {
      this.#host.usesThreads()
    }
    if (specifier.startsWith('node:')) return nextResolve(specifier, context)
    return this.#resolve(specifier, context, nextResolve, parent, isRequire)
  }

  /**
   * A load has failed: a `require()` of which the hooks have not heard may not have found something.
   *
   * @returns what has changed since: where it was missed, if it is there by now
   */
  noteFailure(error: unknown): ModuleNode | undefined {
    const missed = missingRequire(error)
    const parent = missed && this.#rooms.instances.latest(missed.url)
    if (!parent || [...parent.node.imports.keys()].some(({ isMissing }) => isMissing)) {
      return undefined
    }
    const missing = this.#noteMissing(parent, missed.specifier, error, 'static')
    return isThere(missed) ? missing : undefined
  }

  #noteMissing(
    parent: ModuleInstance,
    specifier: string,
    error: unknown,
    kind: 'static' | 'boundary',
  ): ModuleNode {
    const { graph, options } = this.#host
    const missing = noteMissingImport(parent, specifier, error, graph, options.rootDirectory)
    graph.link(parent.node, missing, kind, parent.version)
    this.#host.loaded(missing)
    return missing
  }

  #resolve(
    given: string,
    context: ResolveHookContext,
    nextResolve: NextResolve,
    parent: ModuleInstance | undefined,
    isRequire: boolean,
  ): ResolveFnOutput {
    const { parentURL } = context
    const isHot = context.importAttributes?.hot === 'true'
    const attributes = withoutHot(context.importAttributes)
    const specifier = withoutVersion(given)
    const cleanParent = parentURL && withoutVersion(parentURL)
    // A `require()` has none, and loaders tell it by that.
    const importAttributes = context.importAttributes && attributes
    const plain =
      cleanParent === parentURL && importAttributes === context.importAttributes
        ? context
        : { ...context, parentURL: cleanParent, importAttributes }
    // On Node 22 CommonJS that was imported as TypeScript requires through the ES module loader.
    const isStatement =
      !isRequire && parent?.node.isCommonJs === false && parent.isStaticRequest(specifier)
    const ask = () =>
      isRequire
        ? nextResolve(specifier, plain)
        : this.#rooms.relative.resolve(specifier, plain, nextResolve)
    let result: ResolveFnOutput
    try {
      result = ask()
    } catch (error) {
      if (!parent) throw error
      const site = isStatement ? 'static' : this.#siteOf(parent.url, parent.node, isRequire)
      this.#noteMissing(parent, specifier, error, site === 'later' ? 'boundary' : 'static')
      try {
        // Saved since Node looked, it may be among what is noted, and never be seen to come.
        result = ask()
      } catch (again) {
        if (site === 'later') this.#host.unresolved(again, parent.node)
        throw again
      }
    }
    this.#rooms.requested(cleanParent, result.url)
    if (!result.url.startsWith('file:')) return { ...result, importAttributes: attributes }
    if (parentURL === undefined && !isOwn(result.url))
      this.#rooms.followEntry(result.url, isRequire)
    const url = withoutVersion(result.url)
    const node = this.#rooms.edges.dependency(url)
    if (!node) return { ...result, importAttributes: attributes }

    if (parent?.node === node && isWrapped(specifier, parentURL)) {
      return this.#versioned(node, url, parent.transaction, result, attributes, parent.version)
    }
    const importer = parent?.node ?? this.#rooms.edges.importer(cleanParent)
    if (!importer) {
      node.isEntry = true
      const entry = this.#versioned(node, url, undefined, result, attributes)
      if (!isRequire) return entry
      this.#rooms.expect(this.#rooms.instances.ensure(url, node, node.version, undefined))
      return { ...result, url }
    }
    const site = isStatement ? 'static' : this.#siteOf(parentURL as string, importer, isRequire)
    if (site === 'resolve') return { ...result, url }
    if (isRequire) {
      this.#requires.note(importer, parent, node, specifier, site)
      return { ...result, url }
    }
    const isNamed = isStatement || (site === 'static' && !importer.isCommonJs)
    const isAsked = isHot || this.#host.isAskedAgain()
    const request = { site, specifier, isHot: isAsked, isStatement: isNamed }
    const kind = this.#rooms.edges.link(
      importer,
      node,
      parent?.version ?? importer.version,
      request,
    )
    if (kind === 'boundary') {
      const known = { node, url, format: result.format }
      if (parent) {
        parent.boundaries ??= new Map()
        parent.boundaries.set(given, known)
      }
      return this.#enterBoundary(known, attributes)
    }
    if (kind === 'static') {
      renew(node, this.#host.graph)
      this.#rooms.edges.noteStatic(importer, node, specifier, isHot)
      // What Node was asked for may come to something else the next time.
      if (result.shortCircuit && parent) {
        this.#repeated.note(parent, specifier, { node, url, format: result.format })
      }
    }
    const versioned = this.#versioned(node, url, parent?.transaction, result, attributes)
    this.#rooms.instances.get(versioned.url)?.askedBy(parent, specifier)
    if (kind === 'static' && parent?.lexed?.accepted.size) {
      const request = { importer: parent, specifier, dependency: node, resolved: versioned }
      return this.#facade(request, plain, nextResolve)
    }
    return versioned
  }

  /** An import statement that names what it named in the module's last version. */
  #resolveAgain(specifier: string, parent: ModuleInstance, known: KnownImport): ResolveFnOutput {
    const { node, url } = known
    renew(node, this.#host.graph)
    this.#host.graph.link(parent.node, node, 'static', parent.version)
    this.#rooms.edges.noteStatic(parent.node, node, specifier, false)
    return this.#versioned(node, url, parent.transaction, known, {})
  }

  #siteOf(parentUrl: string, importer: ModuleNode, isRequire: boolean): ImportSite {
    const { isWiring } = this.#rooms.startUp
    return requestSite({ parentUrl, importer, isRequire, isWiring }, this.#rooms.hook)
  }

  #enterBoundary(
    known: { node: ModuleNode; url: string; format: string | null | undefined },
    attributes: Attributes,
  ): ResolveFnOutput {
    const { node } = known
    node.resolvedFormat = known.format
    // Of CommonJS that is imported by itself Node keeps the error.
    if (!node.isCommonJs) renew(node, this.#host.graph)
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
    node.resolvedFormat = format ?? node.resolvedFormat
    const instance = this.#rooms.instances.ensure(url, node, version, transaction)
    if (hasAttributes(importAttributes)) instance.attributes = importAttributes
    return { url, format: format ?? null, importAttributes, shortCircuit: true }
  }

  /** A static import that its module accepts gets bindings that can move. */
  #facade(
    request: StaticRequest,
    context: ResolveHookContext,
    nextResolve: NextResolve,
  ): ResolveFnOutput {
    const { facades } = this.#host
    const { importer, specifier, resolved } = request
    const facade = requestFacade(facades, request, {
      resolve: (given, parentURL) => {
        try {
          return withoutVersion(nextResolve(given, { ...context, parentURL }).url)
        } catch {
          return undefined
        }
      },
      target: (url) => {
        const node = url.startsWith('file:') ? this.#rooms.edges.dependency(url) : undefined
        if (!node) return { node, url }
        return { node, url: this.#versioned(node, url, importer.transaction, {}, {}).url }
      },
    })
    if (!facade) return resolved
    if ('url' in facade) return { ...syntheticModule(facade.url), importAttributes: {} }
    this.#host.log.warn(
      `${importer.node.file} accepts "${specifier}", but its bindings cannot follow: ${facade.problem}. ` +
        'The accept callback gets the new module all the same.',
      'HOT_HOOK_BINDINGS',
    )
    return resolved
  }
}
