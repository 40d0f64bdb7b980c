import { HotProcess } from './hot-process.ts'
import type { Case, Judge, Kit, RunOptions, Save } from './kit.ts'
import { type Deed, Mismatch, pick, type Sources, savedBetween } from './mismatch.ts'
import type { Speech } from './server.ts'
import { Workspace } from './workspace.ts'

/** The process of a program, and the rules for it. */
interface Running<Program, Verdict> {
  process: HotProcess
  judge: Judge<Program, Verdict>
  startedWith: Sources
}

/**
 * Runs one program with its edits, and looks after each save whether the process does what the rules
 * and a fresh process say.
 */
export class Run<
  Program extends { modules: readonly { name: string }[] },
  Verdict extends string,
  Step extends Save<Program>,
> {
  readonly #kit: Kit<Program, Verdict, Step>
  readonly #case: Case<Program, Step>
  readonly #options: RunOptions
  readonly #workspace: Workspace
  readonly #deeds: Deed[] = []
  #program: Program
  #running: Running<Program, Verdict> | undefined

  constructor(kit: Kit<Program, Verdict, Step>, each: Case<Program, Step>, options: RunOptions) {
    this.#kit = kit
    this.#case = each
    this.#options = options
    this.#program = each.program
    this.#workspace = new Workspace(this.#filesOf(each.program))
  }

  /** @throws Mismatch */
  async run(): Promise<void> {
    const { isSampled } = this.#options
    const { questions, healed } = this.#kit
    try {
      if (isSampled) await this.#compareModel()
      await this.#start(questions(this.#program, 'start'))
      for (const step of this.#case.steps) await this.#step(step)
      const verdict = await this.#save({
        program: healed(this.#program),
        touched: [],
        how: 'in place',
      })
      await this.#follow(verdict, questions(this.#program, 'end'))
      if (isSampled) await this.#compareModel()
    } finally {
      await this.#running?.process.end()
      this.#workspace.remove()
    }
  }

  /** The few that are compared with a process without Hot Hook speak HTTP. */
  get #speech(): Speech {
    return this.#options.isSampled ? 'http' : 'lines'
  }

  #filesOf(program: Program): Record<string, string> {
    return { ...this.#kit.render(program, this.#speech), ...this.#kit.extraFiles }
  }

  #spawn(nodeArguments: string[]): HotProcess {
    return new HotProcess({
      node: this.#options.node,
      directory: this.#workspace.directory,
      command: [...nodeArguments, this.#kit.entryPath(this.#program)],
      speech: this.#speech,
    })
  }

  /** Starts the program as it is, if it can be, and asks it: Hot Hook at its start is tested so. */
  async #start(questions: string[]): Promise<void> {
    const { startProblems, imports, begin } = this.#kit
    await this.#running?.process.end()
    this.#running = undefined
    if (startProblems(this.#program).length > 0) return
    const process = this.#spawn(imports.flatMap((each) => ['--import', each]))
    const judge = begin(this.#program)
    this.#running = { process, judge, startedWith: this.#workspace.files }
    if (!(await process.listens())) this.#fail('the program does not start')
    this.#deeds.push({ words: `a new process; ${asked(questions)}` })
    for (const question of questions) await this.#ask(this.#running, question, undefined)
    if (process.fullReload) this.#fail('a full reload right after the start')
  }

  async #step(step: Step): Promise<void> {
    const { beforeSave, questions } = this.#kit
    const process = this.#running?.process
    const deed = process && (await beforeSave?.(process, this.#program, step))
    if (deed) this.#deeds.push(deed)
    const verdict = await this.#save(step)
    await deed?.after()
    await this.#follow(verdict, questions(this.#program, step))
    if (this.#options.isSampled) await this.#compareModel()
  }

  async #save({ program, touched, how }: Save<Program>): Promise<Verdict | undefined> {
    const { pathOf, savesAtOnce } = this.#kit
    const { process, judge, startedWith = {} } = this.#running ?? {}
    const before = this.#workspace.files
    const files = this.#filesOf(program)
    const differs = (old: Sources) => {
      const paths = program.modules.map(({ name }) => [name, pathOf(program, name)] as const)
      return new Set(paths.flatMap(([name, path]) => (old[path] === files[path] ? [] : [name])))
    }
    const paths = touched.map((name) => pathOf(program, name))
    const saved = { ...savedBetween(before, files), ...pick(files, paths) }
    // On a busy machine the process could look between two of them, and take one for the whole.
    const isAtOnce = savesAtOnce || Object.keys(saved).length > 1
    this.#program = program
    if (isAtOnce) await process?.stop()
    this.#workspace.save(files, how, paths)
    if (isAtOnce) process?.signal('SIGCONT')
    const verdict = judge?.saved(program, differs(before), differs(startedWith))
    this.#deeds.push({ words: `save (${how}): ${verdict ?? 'not running'}`, saved })
    return verdict
  }

  async #follow(verdict: Verdict | undefined, questions: string[]): Promise<void> {
    if (!this.#running || verdict === undefined) return this.#start(questions)
    const { process, judge } = this.#running
    if (judge.needsReload(verdict)) {
      if (!(await process.until(() => process.fullReload)))
        this.#fail('no full reload was asked for')
      return this.#start(questions)
    }
    this.#deeds.push({ words: asked(questions) })
    for (const question of questions) {
      await this.#ask(this.#running, question, verdict)
      if (!process.fullReload) continue
      if (judge.mayReload(verdict)) return this.#start(questions)
      this.#fail(`a full reload that is not allowed: ${verdict}`)
    }
  }

  async #ask(
    { process, judge }: Running<Program, Verdict>,
    question: string,
    verdict: Verdict | undefined,
  ): Promise<void> {
    const fault = await judge.ask(process, question, verdict)
    if (process.isClosed) this.#fail(`the process has ended (${process.ending})\n${process.stderr}`)
    if (fault !== undefined) this.#fail(fault)
  }

  /** Compares the model with a process without Hot Hook. */
  async #compareModel(): Promise<void> {
    const { startProblems, questions, modelFault } = this.#kit
    if (startProblems(this.#program).length > 0) return
    const fresh = this.#spawn([])
    try {
      if (!(await fresh.listens()))
        this.#fail(`THE MODEL IS WRONG: it does not start\n${fresh.stderr}`)
      for (const question of questions(this.#program, 'end')) {
        const fault = modelFault(this.#program, question, await fresh.ask(question))
        if (fault !== undefined) this.#fail(`THE MODEL IS WRONG on ${question}: ${fault}`)
        if (fresh.isClosed) return
      }
    } finally {
      await fresh.end()
    }
  }

  #fail(what: string): never {
    const { fullReload, stderr = '' } = this.#running?.process ?? {}
    const reload = fullReload ? `full reload asked: ${JSON.stringify(fullReload)}` : ''
    const log = stderr.trim().split('\n').slice(-12)
    const text = [what, reload, ...log].join('\n')
    const { directory } = this.#workspace
    const files = this.#kit.render(this.#case.program, this.#speech)
    throw new Mismatch(text.replaceAll(`${directory}/`, ''), files, this.#deeds)
  }
}

const asked = (questions: string[]): string => `ask ${questions.join(' ') || 'nothing'}`
