import type { ModuleGraph, ModuleNode } from '../../graph/module-graph.ts'
import { ModuleInstance } from './module-instance.ts'
import { withoutVersion } from './module-url.ts'
import type { Transaction } from './transaction.ts'

/** The instances of every module, by URL and by module. */
export class InstanceTable {
  readonly #graph: ModuleGraph
  readonly #byUrl = new Map<string, ModuleInstance>()
  readonly #byModule = new Map<ModuleNode, ModuleInstance[]>()

  constructor(graph: ModuleGraph) {
    this.#graph = graph
  }

  get(url: string): ModuleInstance | undefined {
    return this.#byUrl.get(url)
  }

  /**
   * The instance of a URL, or the latest of its module: CommonJS knows no versions, and what an
   * instance that was replaced still imports is asked for by its successor.
   */
  find(url: string): ModuleInstance | undefined {
    const instance = this.#byUrl.get(url)
    return instance && !instance.node.isCommonJs ? instance : this.latest(url)
  }

  /** The latest instance of a module, by its URL without or with a version. */
  latest(url: string): ModuleInstance | undefined {
    const node = this.#graph.getByUrl(withoutVersion(url))
    return node && this.#byModule.get(node)?.at(-1)
  }

  /** With what a module was imported. */
  attributesOf(node: ModuleNode): ImportAttributes {
    return this.#byModule.get(node)?.at(-1)?.attributes ?? {}
  }

  /** The instance that `url` stands for, made when it is new, as part of `transaction`. */
  ensure(
    url: string,
    node: ModuleNode,
    version: number,
    transaction: Transaction | undefined,
  ): ModuleInstance {
    const existing = this.#byUrl.get(url)
    if (existing) {
      if (transaction && existing.transaction?.hasFailed) this.#adopt(existing, transaction)
      return existing
    }
    const instance = new ModuleInstance(node, version, url, transaction)
    this.#byUrl.set(url, instance)
    const others = this.#byModule.get(node)
    if (others) {
      const last = others.at(-1)
      instance.statics = last?.statics
      if (last) instance.attributes = last.attributes
      others.push(instance)
    } else this.#byModule.set(node, [instance])
    transaction?.add(instance)
    if (transaction && transaction.pinned.size > 0 && node.running === undefined) {
      // Found while others already load newer versions of what it may import: it is not theirs.
      transaction.pinned.set(node, version)
      node.version = this.#graph.nextVersion()
    }
    return instance
  }

  /** What the instances of a module have found to be boundaries has to be found out again. */
  forgetBoundaries(node: ModuleNode): void {
    for (const instance of this.#byModule.get(node) ?? []) instance.boundaries = undefined
  }

  /** What a URL has been imported as; given back. */
  note(url: string, namespace: object): object {
    const instance = this.#byUrl.get(url)
    if (instance) instance.namespace = new WeakRef(namespace)
    return namespace
  }

  /** Forgets the instances of a module that are older than `version`; their namespaces. */
  release(node: ModuleNode, version: number): WeakRef<object>[] {
    const instances = this.#byModule.get(node) ?? []
    const namespaces: WeakRef<object>[] = []
    for (const { version: older, url, namespace } of instances) {
      if (older >= version) continue
      this.#byUrl.delete(url)
      if (namespace) namespaces.push(namespace)
    }
    const kept = instances.filter((instance) => instance.version >= version)
    if (kept.length > 0) this.#byModule.set(node, kept)
    else this.#byModule.delete(node)
    return namespaces
  }

  /** What a failed load has already linked belongs to the next one that gets it. */
  #adopt(instance: ModuleInstance, transaction: Transaction): void {
    const linked = new Set([instance.node])
    // The set grows while it is walked.
    for (const node of linked) {
      const due = transaction.pinned.get(node) ?? node.version
      // What only an older version has asked for may be what has failed.
      for (const edge of node.imports.values()) {
        const isAsked = node.isCommonJs || [...edge.kinds.values()].some((asked) => asked >= due)
        if (edge.propagates && isAsked) linked.add(edge.dependency)
      }
      for (const candidate of this.#byModule.get(node) ?? []) {
        if (candidate.version !== due || !candidate.transaction?.hasFailed) continue
        candidate.transaction = transaction
        transaction.add(candidate)
      }
    }
  }
}
