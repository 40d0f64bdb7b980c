// In a process that is started before it is needed; nothing of this is loaded in any other.
import { realpathSync } from 'node:fs'
import inspector from 'node:inspector'
import module from 'node:module'
import { pathToFileURL } from 'node:url'
import type { HeadStartApi } from 'hot-hook/protocol'
import type { PreloadMessage } from '../preload-protocol.ts'
import { leave, readLine } from './control-line.ts'
import { FileReads } from './file-reads.ts'
import type { StandbyOrder } from './order.ts'
import { PackageWatcher } from './package-watcher.ts'

/** What the preload does for the process. */
interface Preload {
  tell(message: PreloadMessage): void
  /** The script is about to be loaded: talks with the runner from now on. */
  connect(): void
}

/** Waits in front of the script until the runner needs the process. */
export class Wait {
  readonly #preload: Preload
  /** From the first preload on. */
  readonly #reads = new FileReads()
  /** Says what is not as it was when Node found the files of packages. */
  #foundChanged: () => string | undefined = () => undefined

  constructor(preload: Preload) {
    this.#preload = preload
  }

  /** Loads what can be loaded before the program starts, and waits. */
  async ahead(): Promise<void> {
    const order = readOrder()
    const headStart = headStartOfHotHook()
    let packages = 0
    if (order.loads && headStart) {
      try {
        packages = await this.#load(headStart, order)
      } catch (error) {
        this.#giveUp(`it cannot be loaded ahead: ${String(error)}`)
      }
    }
    this.#find(order, headStart)
    this.#announce(packages)
    // A script that is ended by a signal never writes its cache; here nobody waits for that.
    if (order.loads) module.flushCompileCache?.()
    while (readLine() !== 'go') await this.#refresh(headStart)
    await this.#refresh(headStart)
    this.#begin(order, headStart)
  }

  /** The same where nothing can be waited for but the runner: with `-r`. */
  atOnce(): void {
    const order = readOrder()
    const headStart = headStartOfHotHook()
    this.#find(order, headStart)
    this.#announce(0)
    while (readLine() !== 'go') this.#check(this.#changed())
    this.#check(this.#changed())
    this.#begin(order, headStart)
  }

  async #load(headStart: HeadStartApi, { without }: StandbyOrder): Promise<number> {
    this.#reads.pause()
    const all = await headStart.link(pathToFileURL(scriptFile()).href)
    const end = all.findIndex((url) => without.includes(url))
    const packages = end < 0 ? all : all.slice(0, end)
    if (packages.length > 0) await this.#evaluate(headStart, packages)
    return packages.length
  }

  async #evaluate(headStart: HeadStartApi, packages: readonly string[]): Promise<void> {
    const watcher = new PackageWatcher(packages)
    this.#reads.follow((effect) => watcher.note(effect))
    try {
      await headStart.evaluate(packages, watcher)
    } catch (error) {
      watcher.note(String(error))
    }
    watcher.end()
    this.#reads.pause()
    if (watcher.problem) this.#giveUp(watcher.problem.reason, watcher.problem.url)
  }

  /** Why what was read, or found, is not what would be now. */
  #changed(): string | undefined {
    const found = this.#foundChanged()
    return this.#reads.changed() ?? (found === undefined ? undefined : `${found} has changed`)
  }

  #find({ finds }: StandbyOrder, headStart: HeadStartApi | undefined): void {
    this.#reads.pause()
    try {
      if (finds && headStart?.find) this.#foundChanged = headStart.find(scriptFile())
    } catch (error) {
      this.#giveUp(`what it requires cannot be looked for: ${String(error)}`)
    }
  }

  #announce(packages: number): void {
    this.#preload.tell({ type: 'hot-runner:waiting', packages })
  }

  /** Something was saved: what is loaded has to be what a start would load. */
  async #refresh(headStart: HeadStartApi | undefined): Promise<void> {
    try {
      this.#check(this.#changed() ?? (await headStart?.refresh()))
    } catch (error) {
      this.#check(String(error))
    }
  }

  #check(stale: string | undefined): void {
    if (stale === undefined) return
    this.#preload.tell({ type: 'hot-runner:unusable', reason: stale, isStale: true })
    leave()
  }

  #giveUp(reason: string, url?: string): never {
    const isOf = url === undefined ? {} : { package: url }
    this.#preload.tell({ type: 'hot-runner:unusable', reason, isStale: false, ...isOf })
    leave()
  }

  #begin({ inspect }: StandbyOrder, headStart: HeadStartApi | undefined): void {
    headStart?.start()
    this.#reads.restore()
    this.#preload.connect()
    if (inspect !== undefined) openInspector(inspect)
  }
}

function scriptFile(): string {
  return realpathSync(process.argv[1] as string)
}

function readOrder(): StandbyOrder {
  return JSON.parse(readLine()) as StandbyOrder
}

function headStartOfHotHook(): HeadStartApi | undefined {
  const runtime: unknown = Reflect.get(globalThis, Symbol.for('hot-hook.runtime'))
  // Hot Hook 1.x has none.
  return (runtime as { headStart?: HeadStartApi } | undefined)?.headStart
}

/** The application would have been started with this option. */
function openInspector(option: string): void {
  process.execArgv = process.execArgv.map((argument) =>
    argument.startsWith('--inspect-port=') ? option : argument,
  )
  const host = /^--inspect=(?:(.*):)?\d*$/.exec(option)?.[1]
  inspector.open(process.debugPort, host)
}
