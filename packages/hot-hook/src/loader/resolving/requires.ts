import { sep } from 'node:path'
import { expectSave } from '../../files/signature.ts'
import type { ModuleGraph, ModuleNode } from '../../graph/module-graph.ts'
import { hasStartedUp, isCached, runImported, traceRequires } from '../commonjs/commonjs.ts'
import type { InstanceTable } from '../instances/instance-table.ts'
import type { ModuleInstance } from '../instances/module-instance.ts'
import { versionedUrl } from '../instances/module-url.ts'
import type { Transaction } from '../instances/transaction.ts'
import type { Edges } from './edges.ts'
import { type ImportSite, requestSite } from './import-site.ts'
import type { StartUp } from './start-up.ts'

export interface RequiresHost {
  readonly graph: ModuleGraph
  /** A lazy `require()` of a module that is not in its cache: the load that it starts, if any. */
  enterRequired(node: ModuleNode): Transaction | undefined
  /** A file is part of the program: watch it. */
  loaded(node: ModuleNode): void
  /** An ES module that was replaced, or is to be, is required: Node gives its first version. */
  requiredModule(node: ModuleNode): void
}

interface LoaderRooms {
  edges: Edges
  instances: InstanceTable
  /** A module is about to be required. */
  expect(instance: ModuleInstance): void
  startUp: StartUp
}

/** Why an addon is never loaded again. */
export const nativeAddon = 'it is a native addon'

/** Notes what the program requires. */
export class Requires {
  readonly #host: RequiresHost
  readonly #rooms: LoaderRooms
  /**
   * Files by directory and specifier. Node remembers the same, and while the file is in its cache it
   * answers every `require()` of that specifier in that directory without asking the hooks.
   */
  readonly #known = new Map<string, string>()

  constructor(host: RequiresHost, rooms: LoaderRooms) {
    this.#host = host
    this.#rooms = rooms
  }

  /**
   * A `require()` that is not answered from the cache.
   *
   * @param parent the instance that asks, when its loading was seen
   */
  note(
    importer: ModuleNode,
    parent: ModuleInstance | undefined,
    node: ModuleNode,
    specifier: string,
    site: 'static' | 'start-up' | 'later',
  ): void {
    const { edges, instances } = this.#rooms
    traceRequires(this.#onRequire)
    this.#known.set(keyOf(importer.file, specifier), node.file)
    if (node.running === undefined && node.file.endsWith('.node')) this.#noteAddon(node)
    const request = { site, specifier, isHot: false, isStatement: false }
    const kind = edges.link(importer, node, parent?.version ?? importer.version, request)
    const transaction =
      kind === 'boundary' ? this.#host.enterRequired(node) : openTransaction(parent)
    const isModule = node.wasLoaded && !node.isCommonJs && !node.file.endsWith('.json')
    // One that had left the program has come back: Node still has it as it was.
    const isBack = node.running === undefined && node.unreloadable !== undefined
    const isReplaced = isModule && node.running !== undefined && node.version > 0
    if (isBack || isReplaced) this.#host.requiredModule(node)
    const url = versionedUrl(node.url, node.version)
    this.#rooms.expect(instances.ensure(url, node, node.version, transaction))
  }

  /** A `require()` begins, perhaps one that Node answers from its cache. */
  readonly #onRequire = (file: string, specifier: string): void => {
    const { graph } = this.#host
    const { edges, instances, startUp } = this.#rooms
    const node = graph.get(this.#known.get(keyOf(file, specifier)) ?? '')
    const importer = node && isCached(node) ? graph.get(file) : undefined
    if (!node || !importer) return
    if (hasStartedUp(node) === false) runImported(node)
    const known = importer.imports.get(node)?.specifiers.get(specifier)
    // A new version may require at once what the last one has asked for later.
    const isAtOnce = known === 'boundary' && hasStartedUp(importer) === false
    // What is asked for once more is wiring no longer.
    const isKnown = known !== undefined && (known !== 'start-up' || startUp.isWiring)
    if (isKnown && !isAtOnce) return
    const { isWiring } = startUp
    const request = { parentUrl: importer.url, importer, isRequire: true, isWiring }
    const site: ImportSite = requestSite(request, this.#onRequire)
    if (site === 'resolve') return
    const version = instances.latest(importer.url)?.version ?? importer.version
    edges.link(importer, node, version, { site, specifier, isHot: false, isStatement: false })
  }

  /** Node requires an addon without asking the `load` hook. */
  #noteAddon(node: ModuleNode): void {
    node.running = node.version
    node.unreloadable = nativeAddon
    expectSave(node)
    this.#host.loaded(node)
  }
}

function keyOf(file: string, specifier: string): string {
  return `${file.slice(0, file.lastIndexOf(sep))}\0${specifier}`
}

function openTransaction(instance: ModuleInstance | undefined): Transaction | undefined {
  return instance?.transaction?.isEnded === false ? instance.transaction : undefined
}
