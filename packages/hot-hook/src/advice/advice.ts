import type { FileSignature, ModuleNode } from '../graph/module-graph.ts'
import type { AcceptRules } from '../graph/propagate.ts'
import { type ModuleLexer, type PassingOn, passOn } from './pass-on.ts'
import { isSpecifierOf, specifierOf } from './specifier.ts'
import { lineAt, lineText } from './tokens.ts'
import * as words from './words.ts'

/** A path up the importers that ends in a full reload. */
export interface AdvisedPath {
  /** From the changed module to where the walk ended. */
  chain: readonly ModuleNode[]
  rules: AcceptRules
  /** Whether an `import()` that is made when the program has started up would be a boundary. */
  mayBeBoundary: (file: string) => boolean
  /** A file as the log names it. */
  name: (file: string) => string
  /** Whether TypeScript knows `import.meta.hot` in this file, as far as can be seen. */
  hasTypes: (file: string) => boolean
  lexer: ModuleLexer
}

/** One module of the path imports the one before it. */
interface Step {
  importer: ModuleNode
  dependency: ModuleNode
  /** The changed module and all up to the dependency: they would be evaluated again. */
  again: readonly ModuleNode[]
}

/** What is said of one step. */
interface StepAdvice {
  text: string
  /** How sure that is; who only runs what it imports has nothing to pass on to it. */
  kind: 'lines' | 'wiring' | 'general' | 'only run'
}

/**
 * What would make changes on this path hot: the two modules, and what to write there; `undefined`
 * where nothing would. Its first line is the same for the same two modules.
 */
export function advise(path: AdvisedPath): string | undefined {
  const { rules, name } = path
  // Who watches a file has changed with it.
  const chain = path.chain.filter((node) => !node.isResource)
  const last = chain.at(-1)
  if (!last || path.chain.some((node) => node.unreloadable !== undefined)) return undefined
  if (rules.declines(last)) return declinedIn(last, name(last.file))
  const steps = stepsOf(chain)
  const [outermost] = steps
  if (!outermost) {
    const isTold = last.isEntry && !isHotBelow(last, rules)
    return isTold ? words.entryItself(name(last.file)) : undefined
  }
  if (last.isIgnored) return includeOf(outermost, name)

  const said: StepAdvice[] = []
  for (const step of steps) {
    const advice = adviseStep(step, path)
    if (advice === undefined) return undefined
    if (advice.kind === 'lines') return advice.text
    said.push(advice)
  }
  const plainest = (['wiring', 'general'] as const)
    .map((kind) => said.find((advice) => advice.kind === kind))
    .find((advice) => advice !== undefined)
  return (plainest ?? said.at(-1))?.text
}

/** What it starts is hot already, or will be with what was saved: its reader knows how. */
function isHotBelow(entry: ModuleNode, rules: AcceptRules): boolean {
  if (/\b(?:import\.meta|module)\.hot\b/.test(sourceOf(entry))) return true
  return [...entry.imports].some(
    ([dependency, { kinds }]) => kinds.has('boundary') || rules.accepts(entry, dependency),
  )
}

/** From the last edge of the path to the first. */
function stepsOf(chain: readonly ModuleNode[]): Step[] {
  const steps: Step[] = []
  for (let at = chain.length - 1; at > 0; at--) {
    const [dependency, importer] = chain.slice(at - 1, at + 1) as [ModuleNode, ModuleNode]
    steps.push({ importer, dependency, again: chain.slice(0, at) })
  }
  return steps
}

function adviseStep(step: Step, path: AdvisedPath): StepAdvice | undefined {
  const { importer, dependency, again } = step
  const named = { file: path.name(dependency.file), importer: path.name(importer.file) }
  const hot = importer.isCommonJs ? 'module.hot' : 'import.meta.hot'
  const edge = importer.imports.get(dependency)
  const source = sourceOf(importer)
  if (edge?.kinds.has('static') !== true) {
    const kind = usesLoaded(source) ? 'wiring' : 'only run'
    return { kind, text: words.loadedOnce(named, callOf(step, path)) }
  }
  if (importer.isOutside && (dependency.isOutside || !importer.isCommonJs)) {
    return { kind: 'general', text: words.loadedBefore(named) }
  }
  const passing = passingOn(step, path.lexer)
  if (passing.kind === 'accepted') return undefined
  // Evaluated again, it would listen again.
  const listens = again.some((node) => /\.listen\s*\(/.test(sourceOf(node)))
  if (passing.kind === 'lines' && !listens) {
    const text = words.linesToWrite(named, passing.lines)
    return { kind: 'lines', text: withTypes(text, importer, path) }
  }
  if (passing.kind === 'only run') {
    const own = dependency.isCommonJs ? 'module.hot' : 'import.meta.hot'
    const text = words.onlyRun(named.file, own)
    return { kind: 'only run', text: withTypes(text, dependency, path) }
  }
  const specifier = specifierOf(source, importer.file, dependency.file)
  const accept = `${hot}?.accept('${specifier}', (next) => { … })`
  const isOnce = passing.kind === 'unclear' && passing.line !== undefined
  const once = isOnce
    ? `line ${passing.line} uses it once: ${shorten(passing.text ?? '')}`
    : undefined
  const text = words.twoWays(named, { accept, call: callOf(step, path), once })
  return { kind: 'general', text: withTypes(text, importer, path) }
}

/** What TypeScript needs to know the lines. */
function withTypes(text: string, { file }: ModuleNode, { hasTypes }: AdvisedPath): string {
  return /\.[cm]?tsx?$/.test(file) && !hasTypes(file) ? `${text}\n  ${words.types}` : text
}

/** What was found out of two sources: the doctor asks for every file of a program. */
const known = new WeakMap<FileSignature, WeakMap<FileSignature, PassingOn>>()

function passingOn({ importer, dependency }: Step, lexer: ModuleLexer): PassingOn {
  const [own, other] = [importer.signature, dependency.signature]
  // Text between tags is not cut into tokens.
  if (!own || !other || /\.[jt]sx$/.test(importer.file)) return { kind: 'unclear' }
  const ofImporter = known.get(own) ?? new WeakMap<FileSignature, PassingOn>()
  known.set(own, ofImporter)
  const found =
    ofImporter.get(other) ??
    passOn({
      source: sourceOf(importer),
      isCommonJs: importer.isCommonJs,
      dependency: sourceOf(dependency),
      isDependencyCommonJs: dependency.isCommonJs,
      isMeant: (specifier) => isSpecifierOf(specifier, importer.file, dependency.file),
      lexer,
    })
  ofImporter.set(other, found)
  return found
}

/** The `import()` or `require()` that would be a boundary. */
function callOf({ importer, dependency }: Step, { mayBeBoundary }: AdvisedPath): string {
  const source = sourceOf(importer)
  const asked = [...(importer.imports.get(dependency)?.specifiers.keys() ?? [])]
  const written = asked.find((specifier) => source.includes(specifier))
  const specifier = written ?? specifierOf(source, importer.file, dependency.file)
  // TypeScript that is compiled to CommonJS has import statements.
  const isRequire = importer.isCommonJs && !/^\s*import\b/m.test(source)
  if (isRequire) return `require('${specifier}')`
  const attributes = mayBeBoundary(dependency.file) ? '' : ", { with: { hot: 'true' } }"
  return `import('${specifier}'${attributes})`
}

function declinedIn(node: ModuleNode, file: string): string {
  const source = sourceOf(node)
  const at = source.search(/\bdecline\s*(?:\?\.)?\(/)
  if (at < 0) return words.declined(file, undefined)
  return words.declined(file, `line ${lineAt(source, at)}: ${shorten(lineText(source, at))}`)
}

function includeOf({ importer, dependency }: Step, name: AdvisedPath['name']): string {
  const directory = /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+(?=[/\\])/.exec(
    importer.file,
  )?.[0]
  const path = name(directory ?? importer.file)
  const glob = path.slice(Math.max(0, path.lastIndexOf('node_modules')))
  return words.ignored(
    { file: name(dependency.file), importer: path },
    directory ? `**/${glob}/**` : glob,
  )
}

/** Whether something is done with what is loaded: the call is not all of its statement. */
function usesLoaded(source: string): boolean {
  const statement = /^\s*(?:await\s+)?(?:import|require)\s*\([^()]*\)\s*;?\s*$/gm
  return /\b(?:import|require)\s*\(/.test(source.replace(statement, ''))
}

function sourceOf({ signature }: ModuleNode): string {
  return signature?.source ?? ''
}

function shorten(text: string): string {
  const line = text.trim()
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}
