import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { ModuleNode } from '../graph/module-graph.ts'
import type { AcceptRules } from '../graph/propagate.ts'
import { hasModuleSyntax, parseModule } from '../loader/sources/lexer.ts'
import { type Log, shortPath } from '../log/log.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { isFirstTime, keyOf } from '../reload/told.ts'
import type * as Advice from './bundle.ts'

let loaded: typeof Advice | undefined

/** In a file of its own: a tenth of the code, which no start needs. */
function advice(): typeof Advice {
  loaded ??= createRequire(import.meta.url)('#advice') as typeof Advice
  return loaded
}

interface AdvisorHost {
  readonly options: ResolvedOptions
  readonly registry: AcceptRules
  readonly log: Log
}

/** Says what would have made a full reload hot. */
export class Advisor {
  readonly #host: AdvisorHost

  constructor(host: AdvisorHost) {
    this.#host = host
  }

  /** The advice for a path from a changed module to where the walk ended. */
  for(chain: readonly ModuleNode[]): string | undefined {
    const { registry, log } = this.#host
    try {
      return advice().advise({
        chain,
        rules: registry,
        mayBeBoundary: (file) => this.#mayBeBoundary(file),
        name: (file) => this.#name(file),
        hasTypes: (file) => this.#hasTypes(file),
        lexer: { parseModule, hasModuleSyntax },
      })
    } catch (error) {
      // It reads sources of any kind, and no save may be lost for it.
      log.debug('no advice for %s: %o', chain[0]?.file, error)
      return undefined
    }
  }

  /** How much of a program that has started up is hot. */
  firstLine(
    modules: Iterable<ModuleNode>,
    waitingIn: (module: ModuleNode) => Iterable<string>,
  ): string {
    return advice().firstLine({
      modules,
      rules: this.#host.registry,
      waitingIn,
      mayBeBoundary: (file) => this.#mayBeBoundary(file),
      name: (file) => this.#name(file),
    })
  }

  /** What to add to a line of the log: nothing when the same edge has had its advice before. */
  told(advice: string | undefined): string {
    if (advice === undefined || !isFirstTime(keyOf(advice))) return ''
    const lines = [...advice.split('\n'), seeDoctor]
    return lines.map((line) => `\n  ${line}`).join('')
  }

  #mayBeBoundary(file: string): boolean {
    const { options } = this.#host
    return !options.boundaries || options.isBoundary(file)
  }

  /** In the file itself, in tsconfig.json, or in a file of declarations beside one of the two. */
  #hasTypes(file: string): boolean {
    const { rootDirectory } = this.#host.options
    const declarations = [dirname(file), rootDirectory].flatMap((directory) =>
      readdirSync(directory)
        .filter((name) => /\.d\.[cm]?ts$/.test(name))
        .map((name) => join(directory, name)),
    )
    return [file, join(rootDirectory, 'tsconfig.json'), ...declarations].some((path) => {
      return existsSync(path) && readFileSync(path, 'utf8').includes('hot-hook/import-meta')
    })
  }

  #name(file: string): string {
    return shortPath(file, this.#host.options.rootDirectory)
  }
}

const seeDoctor = 'hot-runner doctor shows the whole picture'
