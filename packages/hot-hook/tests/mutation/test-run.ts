import { createVitest, type Vitest } from 'vitest/node'

/** A file as it is for one run. */
export interface Changed {
  file: string
  source: string
}

/** A mutant may never end: no file of tests takes so long, in milliseconds, on a machine that is free. */
const patience = 30_000
/** Ends a process of the tests from another thread: a loop that never ends listens to nobody. */
const watchdog = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${patience})`
const guard = `import { Worker } from 'node:worker_threads'
new Worker(${JSON.stringify(watchdog)}, { eval: true }).unref()`
/** A run that is slow for no fault of its own is repeated so often. */
const attempts = 5

/** `late`: something took too long, which the machine may be to blame for. */
type Outcome = 'passed' | 'failed' | 'late'

/** Runs the same tests again and again, each time with another file changed. */
export class TestRun {
  readonly #root: string
  readonly #tests: string[]
  #vitest: Promise<Vitest> | undefined
  #changed: Changed | undefined

  constructor(root: string, tests: string[]) {
    this.#root = root
    this.#tests = tests
  }

  /**
   * Whether the tests pass. Those that take too long do not, where the unchanged file passes right after:
   * otherwise the machine was busy, and they run again.
   */
  async passes(changed?: Changed): Promise<boolean> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const outcome = await this.#run(changed)
      if (outcome !== 'late') return outcome === 'passed'
      if (changed && (await this.#run()) === 'passed') return false
    }
    throw new Error(`the machine is too busy for ${this.#tests}`)
  }

  async #run(changed?: Changed): Promise<Outcome> {
    this.#vitest ??= this.#create()
    const vitest = await this.#vitest
    for (const { file } of [this.#changed, changed].filter((each) => each !== undefined)) {
      vitest.invalidateFile(file)
    }
    this.#changed = changed
    const specifications = await vitest.globTestSpecifications(this.#tests)
    if (specifications.length === 0) throw new Error(`no tests in ${this.#tests}`)
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
      specifications,
      true,
    )
    if (unhandledErrors.length === 0 && testModules.every((each) => each.ok())) return 'passed'
    if (unhandledErrors.some(hasExited)) return 'late'
    const isLate = testModules.some((each) => {
      const errors = [...each.children.allTests('failed')].flatMap(
        (test) => test.result().errors ?? [],
      )
      return errors.some(({ message }) => /timed out in \d+ms/.test(message))
    })
    return isLate ? 'late' : 'failed'
  }

  async end(): Promise<void> {
    const vitest = await this.#vitest
    this.#vitest = undefined
    await vitest?.close()
  }

  #create(): Promise<Vitest> {
    return createVitest(
      'test',
      {
        root: this.#root,
        config: false,
        include: ['tests/**/*.test.ts'],
        watch: false,
        pool: 'forks',
        // It would give the file as it was in an earlier run.
        fsModuleCache: false,
        maxWorkers: 1,
        // What never ends must not fill the memory.
        execArgv: [
          '--max-old-space-size=400',
          '--import',
          `data:text/javascript,${encodeURIComponent(guard)}`,
        ],
        bail: 1,
        // What is slow on purpose.
        testNamePattern: /^(?!.*0,000)/,
        testTimeout: 10_000,
        teardownTimeout: 1_000,
        reporters: [{}],
      },
      {
        plugins: [
          {
            name: 'mutant',
            enforce: 'pre',
            load: (id) => (id === this.#changed?.file ? this.#changed.source : undefined),
          },
        ],
      },
    )
  }
}

function hasExited(error: unknown): boolean {
  return error instanceof Object && 'message' in error
    ? /exited unexpectedly/.test(`${error.message}`)
    : false
}
