import type { ModuleNode } from '../../src/graph/module-graph.ts'
import { type ContextHost, HotContext } from '../../src/runtime/hot-context.ts'
import { Registry } from '../../src/runtime/registry.ts'
import { TestGraph } from './graph.ts'

/** A program without a process: its modules, and the `import.meta.hot` of each instance. */
export class TestProgram {
  readonly graph = new TestGraph()
  readonly registry = new Registry()
  /** What contexts have asked for, in words. */
  readonly asked: string[] = []
  readonly #host: ContextHost = {
    resolveAccepted: (_, specifier) => this.graph.node(specifier),
    watch: ({ module }, file) => this.asked.push(`${module.file} watches ${file}`),
    dataOf: (module) => this.registry.data(module),
    noteDisposers: ({ module }) => this.registry.noteDisposers(module),
    invalidate: ({ module }, message) => this.asked.push(`${module.file} invalidated: ${message}`),
    on: (event) => {
      this.asked.push(`on ${event}`)
      return () => this.asked.push(`off ${event}`)
    },
    off: (event) => this.asked.push(`off ${event}`),
  }

  node(name: string): ModuleNode {
    return this.graph.node(name)
  }

  /** An instance that is evaluated. */
  begin(name: string, version = 0): HotContext {
    const context = this.made(name, version)
    this.registry.add(context)
    return context
  }

  /** An instance that nobody has been told of. */
  made(name: string, version = 0): HotContext {
    return new HotContext(this.node(name), version, this.#host)
  }

  /** One that was evaluated without an error. */
  run(name: string, version = 0): HotContext {
    const context = this.begin(name, version)
    context.module.version = version
    context.module.running = version
    this.registry.commit(context.module, version)
    return context
  }
}
