import { basename, extname } from 'node:path'
import type { ErrorEvent } from '../events.ts'
import { missingSource } from '../files/signature.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { FullReloadPlan } from '../graph/propagate.ts'
import { messageOf, textOf } from '../log/thrown.ts'

interface HeldReloadHost {
  readonly graph: ModuleGraph
  /** Why a fresh start could not load a file as it is on disk; `undefined` when nothing is known. */
  loadErrorOf(node: ModuleNode): unknown
  /** Whether a file is in the middle of a save. When that ends, `retry` is called. */
  settles(node: ModuleNode): boolean
  /** @param noticedAt when it was known, in milliseconds since 1970 */
  fullReload(plan: FullReloadPlan, noticedAt: number): void
  failed(event: ErrorEvent): void
  /** A full reload waits for a save of another file. */
  held(plan: FullReloadPlan, by: ModuleNode): void
}

/**
 * Holds a full reload back while something that was saved does not compile, or is missing in the
 * middle of its save: a restart would end the program, or leave nobody to serve. The old program runs
 * on until the next good save.
 */
export class HeldReload {
  readonly #host: HeldReloadHost
  #plan: FullReloadPlan | undefined
  /** What was said of each file. */
  readonly #said = new WeakMap<ModuleNode, string>()

  constructor(host: HeldReloadHost) {
    this.#host = host
  }

  /** Whether a full reload waits for a save. */
  get isHeld(): boolean {
    return this.#plan !== undefined
  }

  /** @returns whether it waits for nothing but a good save of the changed file itself */
  request(plan: FullReloadPlan): boolean {
    const noticedAt = Date.now()
    this.#plan = plan
    const broken = this.#broken(plan)
    if (broken.length === 0) this.#go(plan, noticedAt)
    else if (!broken.includes(plan.module)) this.#host.held(plan, broken[0] as ModuleNode)
    const [first, ...others] = broken
    return first === plan.module && others.length === 0 && !this.#loadedAtStart().has(first)
  }

  /** Something was saved. */
  retry(): void {
    const noticedAt = Date.now()
    if (this.#plan && this.#broken(this.#plan).length === 0) this.#go(this.#plan, noticedAt)
  }

  #go(plan: FullReloadPlan, noticedAt: number): void {
    this.#plan = undefined
    this.#host.fullReload(plan, noticedAt)
  }

  /** What was saved and could not be loaded: by a start, or of a change that no request takes either. */
  #broken({ module }: FullReloadPlan): ModuleNode[] {
    const isAsked = [...module.importers.keys()].some((importer) => importer.mayAskFor(module))
    const nodes = new Set([...this.#loadedAtStart(), ...(isAsked ? [module] : [])])
    const broken: ModuleNode[] = []
    for (const node of nodes) {
      if (!(node.wasLoaded || node.isOutside)) continue
      const isSettling = this.#host.settles(node)
      const error = isSettling || !node.hasChanged ? undefined : this.#host.loadErrorOf(node)
      if (isSettling || error !== undefined) broken.push(node)
      if (error !== undefined) this.#report(node, error)
    }
    return broken
  }

  /** What a start loads: of what was saved the new source says it, of all else the edges. */
  #loadedAtStart(): Set<ModuleNode> {
    const all = [...this.#host.graph.modules()]
    const saved = all.filter((node) => node.hasChanged || this.#host.settles(node))
    // What ignored packages import is loaded at the start as well: a command or an autoloader.
    const atStart = new Set(all.filter(({ isEntry, isIgnored }) => isEntry || isIgnored))
    for (const node of atStart) {
      const source = sourceOf(node)
      for (const { kinds, dependency, wiredAt } of node.imports.values()) {
        const hasStatement = source === undefined || imports(source, dependency)
        if (kinds.has('static') && hasStatement) atStart.add(dependency)
        // A call looks the same wherever it is made; one that asked again later asked at the start, too.
        const isWired = kinds.has('start-up') || wiredAt.size > 0
        if (isWired && (node.mayAskFor(dependency) || computes(source))) atStart.add(dependency)
      }
      if (source === undefined) continue
      for (const other of saved) if (imports(source, other)) atStart.add(other)
    }
    return atStart
  }

  #report(node: ModuleNode, error: unknown): void {
    const text = textOf(error, 'stack') || messageOf(error)
    if (this.#said.get(node) === text) return
    this.#said.set(node, text)
    this.#host.failed({ file: node.file, error, phase: 'load' })
  }
}

/** The new source of a module; `undefined` when it is not new, or not there. */
function sourceOf({ hasChanged, signature }: ModuleNode): string | undefined {
  const source = hasChanged ? signature?.source : undefined
  return source === missingSource ? undefined : source
}

/** Whether a source has a call whose file another module may name: `require(path)`. */
function computes(source = ''): boolean {
  return /\b(?:import|require)\s*\(\s*(?!['"]|`[^`$]*`)/.test(source)
}

/** Whether a source has a statement or `require()` that names the file, as far as its text tells. */
function imports(source: string, { file }: ModuleNode): boolean {
  const name = basename(file, extname(file))
  if (name === 'index') return true
  const specifiers = /(?:\bfrom|\bimport|\brequire\s*\()\s*(['"`])((?:(?!\1).)*)\1/g
  return [...source.matchAll(specifiers)].some(([, , specifier]) => specifier?.includes(name))
}
