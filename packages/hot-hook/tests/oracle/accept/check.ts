import type { NodeMajor } from '../../harness/nodes.ts'
import { deadlineMs, HotProcess } from '../hot-process.ts'
import { type Deed, Mismatch, pick, type Sources, savedBetween } from '../mismatch.ts'
import { Workspace } from '../workspace.ts'
import { type Case, healed, type Step } from './generate.ts'
import { Model, type Seen, type Verdict } from './model.ts'
import { entryName, freshAnswer, type Program, pathOf, problemsOf } from './program.ts'
import { observer, renderProgram } from './render.ts'

const hotArguments = ['--import', 'hot-hook/register', '--import', 'observer']

/**
 * Runs a program that accepts, with its edits, and compares what it tells of itself with the model.
 *
 * @param isSampled the model is compared with a process without Hot Hook too, at the start and the end
 * @throws Mismatch
 */
export async function checkAcceptCase(
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
  readonly #files: Sources
  readonly #deeds: Deed[] = []
  #program: Program
  #process: HotProcess | undefined
  #model: Model

  constructor(program: Program, node: NodeMajor) {
    this.#program = program
    this.#node = node
    this.#files = renderProgram(program)
    this.#workspace = new Workspace({ ...renderProgram(program), ...observer })
    this.#model = new Model(program)
  }

  async start(): Promise<void> {
    await this.#process?.end()
    this.#process = undefined
    if (problemsOf(this.#program, entryName).length > 0) return
    const entry = pathOf(this.#program, entryName)
    this.#model = new Model(this.#program)
    this.#process = new HotProcess(this.#node, this.#workspace.directory, hotArguments, entry)
    if (!(await this.#process.listens())) this.#fail('the program does not start')
    this.#deeds.push({ words: 'a new process' })
    await this.#untilRight(this.#process, 'hot')
  }

  async step({ program, touched, how }: Step): Promise<void> {
    const verdict = this.#save(program, touched, how)
    await this.#follow(verdict)
  }

  async settle(): Promise<void> {
    await this.#follow(this.#save(healed(this.#program), [], 'in place'))
  }

  /** Compares the model with a process without Hot Hook. */
  async compareModel(): Promise<void> {
    if (problemsOf(this.#program, entryName).length > 0) return
    const entry = pathOf(this.#program, entryName)
    const fresh = new HotProcess(this.#node, this.#workspace.directory, [], entry)
    if (!(await fresh.listens()))
      this.#fail(`THE MODEL IS WRONG: it does not start\n${fresh.stderr}`)
    const seen = (await fresh.ask('/')) as Seen | undefined
    await fresh.end()
    const expected = freshAnswer(this.#program).join(' ')
    if (seen?.to.join(' ') !== expected) {
      this.#fail(`THE MODEL IS WRONG: ${expected}, not ${seen?.to.join(' ')}`)
    }
  }

  async end(): Promise<void> {
    await this.#process?.end()
    this.#workspace.remove()
  }

  #save(program: Program, touched: string[], how: Step['how']): Verdict {
    const before = this.#workspace.files
    const files = renderProgram(program)
    const changed = program.modules.flatMap(({ name }) =>
      before[pathOf(program, name)] === files[pathOf(program, name)] ? [] : [name],
    )
    const paths = touched.map((name) => pathOf(program, name))
    this.#program = program
    this.#process?.signal('SIGSTOP')
    this.#workspace.save({ ...files, ...observer }, how, paths)
    this.#process?.signal('SIGCONT')
    const verdict = this.#model.saved(program, new Set(changed))
    const saved = { ...savedBetween(before, { ...files, ...observer }), ...pick(files, paths) }
    this.#deeds.push({ words: `save (${how}): ${this.#process ? verdict : 'not running'}`, saved })
    return verdict
  }

  async #follow(verdict: Verdict): Promise<void> {
    const process = this.#process
    if (!process) return this.start()
    if (verdict === 'reload') {
      if (!(await process.until(() => process.fullReload)))
        this.#fail('no full reload was asked for')
      return this.start()
    }
    if (verdict === 'fails' || verdict === 'waiting') {
      await process.ask('/')
    } else await this.#untilRight(process, verdict)
    if (process.isClosed) this.#fail(`the process has ended (${process.ending})\n${process.stderr}`)
    if (!process.fullReload) return
    if (verdict !== 'hot') return this.start()
    this.#fail(
      `a full reload that is not allowed: ${this.#clean(JSON.stringify(process.fullReload))}`,
    )
  }

  async #untilRight(process: HotProcess, verdict: Verdict): Promise<void> {
    const deadline = Date.now() + deadlineMs / 2
    for (;;) {
      const seen = (await process.ask('/')) as Seen | undefined
      if (process.isClosed || process.fullReload) return
      const faults = seen ? this.#model.faults(seen, this.#program) : ['no answer']
      if (seen && faults.length === 0) {
        if (verdict === 'either') this.#model.healed(this.#program, seen)
        return
      }
      if (Date.now() > deadline) this.#fail(`in the end ${faults.join('\n')}`)
      await process.pause(5)
    }
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
