// In a process that is started before it is needed; nothing of this is loaded in any other.
import { readSync, realpathSync } from 'node:fs'
import inspector from 'node:inspector'
import { pathToFileURL } from 'node:url'
import type { HeadStartApi } from 'hot-hook/protocol'
import { connect, reads, tell } from '../preload.ts'
import { controlPipe } from '../preload-protocol.ts'
import type { StandbyOrder } from './order.ts'
import { PackageWatcher } from './package-watcher.ts'

/** Loads what can be loaded before the program starts, then waits until it is to start. */
export async function loadAndWait(): Promise<void> {
  const order = readOrder()
  const headStart = headStartOfHotHook()
  let packages = 0
  if (order.loads && headStart) {
    try {
      packages = await load(headStart, order)
    } catch (error) {
      giveUp(`it cannot be loaded ahead: ${String(error)}`)
    }
  }
  announce(packages)
  while (readLine() !== 'go') await refresh(headStart)
  await refresh(headStart)
  begin(order, headStart)
}

/** The same where nothing can be waited for but the runner: with `-r`. */
export function waitAtOnce(): void {
  const order = readOrder()
  announce(0)
  while (readLine() !== 'go') check(reads?.changed())
  check(reads?.changed())
  begin(order, headStartOfHotHook())
}

async function load(headStart: HeadStartApi, { without }: StandbyOrder): Promise<number> {
  reads?.pause()
  const script = realpathSync(process.argv[1] as string)
  const all = await headStart.link(pathToFileURL(script).href)
  const end = all.findIndex((url) => without.includes(url))
  const packages = end < 0 ? all : all.slice(0, end)
  if (packages.length === 0) return 0
  const watcher = new PackageWatcher(packages)
  reads?.follow((effect) => watcher.note(effect))
  try {
    await headStart.evaluate(packages, watcher)
  } catch (error) {
    watcher.note(String(error))
  }
  watcher.end()
  reads?.pause()
  if (watcher.problem) giveUp(watcher.problem.reason, watcher.problem.url)
  return packages.length
}

function announce(packages: number): void {
  reads?.pause()
  tell({ type: 'hot-runner:waiting', packages })
}

/** Something was saved: what is loaded has to be what a start would load. */
async function refresh(headStart: HeadStartApi | undefined): Promise<void> {
  try {
    check(reads?.changed() ?? (await headStart?.refresh()))
  } catch (error) {
    check(String(error))
  }
}

function check(stale: string | undefined): void {
  if (stale === undefined) return
  tell({ type: 'hot-runner:unusable', reason: stale, isStale: true })
  leave()
}

function begin(order: StandbyOrder, headStart: HeadStartApi | undefined): void {
  headStart?.start()
  reads?.restore()
  connect()
  if (order.inspect !== undefined) openInspector(order.inspect)
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

function giveUp(reason: string, url?: string): never {
  const isOf = url === undefined ? {} : { package: url }
  tell({ type: 'hot-runner:unusable', reason, isStale: false, ...isOf })
  leave()
}

/** At once: nobody has started anything here, and no listener of a package is to hear of it. */
function leave(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('killed')
}

function readOrder(): StandbyOrder {
  return JSON.parse(readLine()) as StandbyOrder
}

/** Blocks until the runner has written a line; what follows is left to who reads next. */
function readLine(): string {
  const bytes: number[] = []
  const byte = Buffer.alloc(1)
  while (true) {
    // The pipe closes with the runner.
    if (readByte(byte) === 0) leave()
    if (byte[0] === 0x0a) return Buffer.from(bytes).toString()
    bytes.push(byte[0] as number)
  }
}

function readByte(byte: Buffer): number {
  while (true) {
    try {
      return readSync(controlPipe, byte)
    } catch (error) {
      // A signal, such as the one that lets a stopped process go on.
      if ((error as NodeJS.ErrnoException).code !== 'EINTR') throw error
    }
  }
}
