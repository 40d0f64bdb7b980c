import type { ResolveFnOutput, ResolveHookContext, ResolveHookSync } from 'node:module'
import type { ModuleGraph } from '../graph/module-graph.ts'
import type { InstanceTable } from './instances/instance-table.ts'
import { isSynthetic, versionedUrl, versionOf, withoutVersion } from './instances/module-url.ts'
import type { Transaction } from './instances/transaction.ts'
import type { RelativeImports } from './resolving/relative-imports.ts'
import type { SyntheticModules } from './synthetic-modules.ts'

type NextResolve = Parameters<ResolveHookSync>[2]

export interface OwnRequestsHost {
  readonly graph: ModuleGraph
  readonly synthetic: SyntheticModules
  /** The module whose imports name the versions that they want. */
  readonly internalUrl: string
  /** The transaction that starts with this URL. */
  transactionOf(url: string): Transaction | undefined
}

/** Resolves what this package itself asks for, and the modules that it makes up. */
export class OwnRequests {
  readonly #host: OwnRequestsHost
  readonly #instances: InstanceTable
  readonly #relative: RelativeImports

  constructor(host: OwnRequestsHost, instances: InstanceTable, relative: RelativeImports) {
    this.#host = host
    this.#instances = instances
    this.#relative = relative
  }

  /** `undefined` when the program asks. */
  resolve(
    specifier: string,
    context: ResolveHookContext,
    nextResolve: NextResolve,
  ): ResolveFnOutput | undefined {
    if (isSynthetic(specifier)) return syntheticModule(specifier)
    const { parentURL } = context
    if (parentURL === this.#host.internalUrl) {
      return this.#resolveInternal(specifier, context, nextResolve)
    }
    if (parentURL === undefined || !isSynthetic(parentURL)) return undefined
    return this.#resolveFromSynthetic(specifier, parentURL, context, nextResolve)
  }

  /** Versions by their URL, CommonJS modules by their path. */
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
    if (transaction) this.#instances.ensure(url, node, versionOf(url), transaction)
    return isUrl ? this.#version(specifier) : nextResolve(specifier, context)
  }

  #resolveFromSynthetic(
    specifier: string,
    parentURL: string,
    context: ResolveHookContext,
    nextResolve: NextResolve,
  ): ResolveFnOutput {
    const { synthetic, graph } = this.#host
    if (synthetic.isCheck(parentURL)) {
      return { ...syntheticModule(synthetic.emptyUrl), importAttributes: {} }
    }
    if (!specifier.startsWith('file:')) return nextResolve(specifier, context)
    if (versionOf(specifier) < 0) {
      const { format } = nextResolve(withoutVersion(specifier), {
        ...context,
        parentURL: undefined,
      })
      return { url: specifier, format, shortCircuit: true }
    }
    const node = graph.getByUrl(withoutVersion(specifier))
    const transaction = this.#host.transactionOf(parentURL)
    if (node && transaction) {
      this.#instances.ensure(specifier, node, versionOf(specifier), transaction)
    }
    return this.#version(specifier)
  }

  #version(url: string): ResolveFnOutput {
    const node = this.#host.graph.getByUrl(withoutVersion(url))
    const format = this.#relative.formatOf(url) ?? node?.resolvedFormat
    return { url, format, shortCircuit: true }
  }
}

/** A module that exists only in this process, as it is resolved. */
export function syntheticModule(url: string): ResolveFnOutput {
  return { url, format: 'module', shortCircuit: true }
}
