import type { NodeMajor } from '../../harness/nodes.ts'
import { deadlineMs, HotProcess } from '../hot-process.ts'
import { type Deed, Mismatch, pick, type Sources, savedBetween } from '../mismatch.ts'
import { Workspace } from '../workspace.ts'
import { type Answer, expectedWords, matches, wordsOf } from './answers.ts'
import { healed } from './edits.ts'
import { freshAnswer, problemsOf } from './fresh.ts'
import type { Case, Step } from './generate.ts'
import { entryName, type Module, moduleOf, type Program, pathOf } from './program.ts'
import { renderProgram } from './render.ts'
import { Rules, type Verdict } from './rules.ts'

const hotArguments = ['--import', 'hot-hook/register']

/**
 * Runs a program with its edits, and compares each answer with that of a fresh process.
 *
 * @param isSampled the model is compared with a process without Hot Hook too, at the start and the end
 * @throws Mismatch
 */
export async function checkCase(
  { program, steps }: Case,
  node: NodeMajor,
  isSampled = false,
): Promise<void> {
  const run = new Run(program, node)
  try {
    if (isSampled) await run.compareModel()
    await run.start()
    for (const step of steps) await run.step(step)
    await run.settle()
    if (isSampled) await run.compareModel()
  } finally {
    await run.end()
  }
}

class Run {
  readonly #node: NodeMajor
  readonly #workspace: Workspace
  readonly #deeds: Deed[] = []
  readonly #files: Sources
  #program: Program
  #process: HotProcess | undefined
  #rules: Rules
  #startedWith: Readonly<Record<string, string>> = {}

  constructor(program: Program, node: NodeMajor) {
    this.#program = program
    this.#node = node
    this.#files = renderProgram(program)
    this.#workspace = new Workspace(renderProgram(program))
    this.#rules = new Rules(program)
  }

  get #entry(): Module {
    return moduleOf(this.#program, entryName)
  }

  get #routes(): number[] {
    return [...this.#entry.loads.keys()]
  }

  /** Starts the program as it is, if it can be. */
  async start(): Promise<void> {
    await this.#process?.end()
    this.#process = undefined
    if (problemsOf(this.#program, entryName).length > 0) return
    const { directory, files } = this.#workspace
    this.#startedWith = files
    this.#rules = new Rules(this.#program)
    this.#process = new HotProcess(this.#node, directory, hotArguments, pathOf(this.#entry))
    if (!(await this.#process.listens())) this.#fail('the program does not start')
  }

  /** Saves what a step changes, and asks. */
  async step(step: Step): Promise<void> {
    const held = step.isHeld && this.#process ? await this.#hold(step.asks) : undefined
    const verdict = this.#save(step.program, step.touched, step.how)
    await held?.()
    const routes = this.#routes.filter((route) => (step.asks >> (route % 3)) & 1)
    await this.#follow(verdict, routes)
  }

  /** Heals what is broken, and asks everything. */
  async settle(): Promise<void> {
    const verdict = this.#save(healed(this.#program), [])
    await this.#follow(verdict, this.#routes)
  }

  /** Compares the model with a process without Hot Hook. */
  async compareModel(): Promise<void> {
    if (problemsOf(this.#program, entryName).length > 0) return
    const fresh = new HotProcess(this.#node, this.#workspace.directory, [], pathOf(this.#entry))
    if (!(await fresh.listens()))
      this.#fail(`THE MODEL IS WRONG: it does not start\n${fresh.stderr}`)
    for (const route of this.#routes) {
      const answer = (await fresh.ask(`/${route}`)) as Answer | undefined
      const expected = this.#expected(route)
      if (matches(answer, expected, true)) continue
      this.#fail(
        `THE MODEL IS WRONG on /${route}: ${expectedWords(expected)}, not ${wordsOf(answer)}`,
      )
    }
    await fresh.end()
  }

  async end(): Promise<void> {
    await this.#process?.end()
    this.#workspace.remove()
  }

  #expected(route: number) {
    const load = this.#entry.loads[route]
    if (!load) throw new Error(`no route ${route}`)
    return freshAnswer(this.#program, load)
  }

  #save(program: Program, touched: string[], how: Step['how'] = 'in place'): Verdict {
    const before = this.#workspace.files
    const files = renderProgram(program)
    const differs = (old: Readonly<Record<string, string>>) =>
      new Set(
        program.modules.flatMap((each) =>
          old[pathOf(each)] === files[pathOf(each)] ? [] : [each.name],
        ),
      )
    const paths = touched.map((name) => pathOf(moduleOf(program, name)))
    this.#program = program
    this.#workspace.save(files, how, paths)
    const verdict = this.#rules.saved(program, differs(before), differs(this.#startedWith))
    const outcome = this.#process ? verdict : 'not running'
    this.#deeds.push({
      words: `save (${how}): ${outcome}`,
      saved: { ...savedBetween(before, files), ...pick(files, paths) },
    })
    return verdict
  }

  /** Starts a request that is held inside a module, if one is evaluated; what lets it go. */
  async #hold(asks: number): Promise<(() => Promise<void>) | undefined> {
    const process = this.#process
    const route = this.#routes[asks % this.#routes.length]
    if (!process || !this.#program.canHold || route === undefined) return undefined
    await process.ask('/hold')
    const before = process.stdout.length
    let isAnswered = false
    const answered = process.ask(`/${route}`).then(() => {
      isAnswered = true
    })
    await Promise.race([
      answered,
      process.until(() => process.stdout.slice(before).includes('held ')),
    ])
    this.#deeds.push({
      words: isAnswered ? `ask /${route}, nothing is held` : `ask /${route}, held`,
    })
    return async () => {
      await process.ask('/open')
      if (!process.fullReload) await answered
    }
  }

  async #follow(verdict: Verdict, routes: number[]): Promise<void> {
    const process = this.#process
    if (!process) return this.#restart(routes)
    if (verdict === 'reload') {
      if (!(await process.until(() => process.fullReload)))
        this.#fail('no full reload was asked for')
      return this.#restart(routes)
    }
    this.#deeds.push({ words: asked(routes) })
    for (const route of routes) {
      if (verdict === 'waiting' || verdict === 'unsure') await process.ask(`/${route}`)
      else await this.#askUntilFresh(process, verdict, route)
      if (process.isClosed)
        this.#fail(`the process has ended (${process.ending})\n${process.stderr}`)
      const { fullReload } = process
      if (!fullReload) continue
      if (verdict !== 'waiting' && this.#rules.mayReload) return this.#restart(routes)
      const which = verdict === 'waiting' ? 'for what does not compile' : 'that is not allowed'
      this.#fail(`a full reload ${which}: ${this.#clean(JSON.stringify(fullReload))}`)
    }
  }

  async #askUntilFresh(process: HotProcess, verdict: Verdict, route: number): Promise<void> {
    const expected = this.#expected(route)
    const isStrict = verdict === 'hot' && !this.#followsWatcher(expected)
    const deadline = Date.now() + deadlineMs / 2
    const load = this.#entry.loads[route]
    for (;;) {
      const answer = (await process.ask(`/${route}`)) as Answer | undefined
      if (process.isClosed || process.fullReload) return
      const surplus = load && answer ? this.#rules.answered(load, answer.ran) : []
      if (surplus.length > 0 && verdict === 'hot') {
        this.#fail(`/${route} evaluates what did not change: ${surplus}`)
      }
      if (matches(answer, expected)) return
      if (isStrict || Date.now() > deadline) {
        // What was taken for wiring is stale until the full reload.
        if (await process.until(() => process.fullReload, 500)) return
        const stale = isStrict ? 'at once' : 'in the end'
        const got = wordsOf(answer)
        this.#fail(
          `/${route} answers ${stale}\n  ${got}\nin place of\n  ${expectedWords(expected)}`,
        )
      }
      await process.pause(10)
    }
  }

  /** `require()` follows the watcher, and a file that is missing counts a little later. */
  #followsWatcher(expected: ReturnType<typeof freshAnswer>): boolean {
    return (
      this.#program.modules.some(({ loads, state }) => {
        const isRequired = loads.some(
          ({ kind, by }) => by === 'require' && ['lazy', 'lazyHelper', 'warm'].includes(kind),
        )
        return isRequired || state === 'missing'
      }) || expected.some((word) => typeof word !== 'string' && word.anyOf.length > 1)
    )
  }

  /** Starts the program afresh, and asks it: the model and Hot Hook at its start are tested so. */
  async #restart(routes: number[]): Promise<void> {
    await this.start()
    if (!this.#process) return
    this.#deeds.push({ words: `a new process; ${asked(routes)}` })
    for (const route of routes) await this.#askUntilFresh(this.#process, 'either', route)
    if (this.#process.fullReload) this.#fail('a full reload right after the start')
  }

  #clean(text: string): string {
    return text.replaceAll(`${this.#workspace.directory}/`, '')
  }

  #fail(what: string): never {
    const { fullReload, stderr = '' } = this.#process ?? {}
    const reload = fullReload ? `full reload asked: ${JSON.stringify(fullReload)}` : ''
    const log = stderr.trim().split('\n').slice(-12)
    throw new Mismatch(this.#clean([what, reload, ...log].join('\n')), this.#files, this.#deeds)
  }
}

const asked = (routes: number[]): string =>
  `ask ${routes.map((route) => `/${route}`).join(' ') || 'nothing'}`
