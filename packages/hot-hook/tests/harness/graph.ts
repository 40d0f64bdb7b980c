import { type EdgeKind, ModuleGraph, type ModuleNode } from '../../src/graph/module-graph.ts'
import type { AcceptRules } from '../../src/graph/propagate.ts'

/** A graph whose files are named by words: `/a` is the module `a`. */
export class TestGraph extends ModuleGraph {
  node(name: string): ModuleNode {
    const node = this.ensure(`/${name}`, `file:///${name}`)
    node.running ??= node.version
    return node
  }

  /** `importer` asks for `dependency`. */
  edge(importer: string, dependency: string, kind: EdgeKind = 'static'): this {
    const from = this.node(importer)
    this.link(from, this.node(dependency), kind, from.version)
    return this
  }

  entry(name: string): this {
    this.node(name).isEntry = true
    return this
  }
}

export function names(nodes: Iterable<ModuleNode>): string[] {
  return [...nodes].map((node) => node.file.slice(1))
}

/** What modules accept, by name; every question is counted. */
export class TestRules implements AcceptRules {
  questions = 0
  readonly #selves: string[]
  readonly #pairs: string[]
  readonly #declined: string[]

  constructor({ selves = [], pairs = [], declined = [] }: Record<string, string[]> = {}) {
    this.#selves = selves
    this.#pairs = pairs
    this.#declined = declined
  }

  acceptsSelf({ file }: ModuleNode): boolean {
    this.questions++
    return this.#selves.includes(file.slice(1))
  }

  accepts(importer: ModuleNode, dependency: ModuleNode): boolean {
    this.questions++
    return this.#pairs.includes(`${importer.file.slice(1)} ${dependency.file.slice(1)}`)
  }

  declines({ file }: ModuleNode): boolean {
    this.questions++
    return this.#declined.includes(file.slice(1))
  }
}
