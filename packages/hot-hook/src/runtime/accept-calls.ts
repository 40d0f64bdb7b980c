import type { ErrorEvent } from '../events.ts'
import type { ModuleNode } from '../graph/module-graph.ts'
import type { Acceptance } from '../graph/propagate.ts'
import type { Log } from '../log/log.ts'
import { isSelf } from './acceptances.ts'
import { isInTime, notWaitedFor, overdue } from './deadline.ts'
import { inHandlers } from './handler-scope.ts'
import type { AcceptCallback, HotContext } from './hot-context.ts'

/** Who gets a new module: CommonJS modules get `module.exports`, others the namespace. */
export interface NamespaceReader {
  module: ModuleNode
}

interface AcceptCallHost {
  read(reader: NamespaceReader, dependency: ModuleNode): unknown
  failed(event: ErrorEvent): void
  /** Its new instance invalidated itself: no callback is asked any more. */
  hasRefused(module: ModuleNode): boolean
  /** It is the latest instance of its module that was evaluated. */
  isRunning(context: HotContext): boolean
  /** A callback that was no longer waited for refuses what it was called with. */
  refusedLate(acceptance: Acceptance): void
  log: Log
}

/**
 * Calls the accept callbacks of an update, module by module, each module's in order of
 * registration, async ones awaited.
 *
 * @returns the acceptances that were refused: the change goes on to the importers
 */
export async function callAcceptHandlers(
  acceptances: Acceptance[],
  contexts: Map<ModuleNode, HotContext | undefined>,
  host: AcceptCallHost,
): Promise<Acceptance[]> {
  const refused: Acceptance[] = []
  for (const [module, context] of contexts) {
    if (!context || host.hasRefused(module)) continue
    const accepted = acceptances.filter((acceptance) => acceptance.module === module)
    // An import() has loaded it again in the meantime, with what it accepts.
    if (!accepted.some(isSelf) && !host.isRunning(context)) continue
    const acceptance = accepted[0] as Acceptance
    const late = {
      isSuperseded: supersededTest(context, accepted),
      refuse: () => host.refusedLate(acceptance),
    }
    for (const call of callsOf(context, accepted, host)) {
      if (await takes(context, call, host, late)) continue
      refused.push(acceptance)
      break
    }
  }
  return refused
}

/** The callbacks that an instance has for what it accepted, with what they are to be given. */
function callsOf(
  context: HotContext,
  accepted: Acceptance[],
  { read }: AcceptCallHost,
): (() => void | Promise<void>)[] {
  const dependencies = new Set(accepted.map(({ dependency }) => dependency))
  const bind = (callback: AcceptCallback, argument: unknown) => () => callback(argument)
  if (dependencies.has(context.module)) {
    const self = read(context, context.module)
    return context.selfCallbacks.map((callback) => bind(callback, self))
  }
  const calls = []
  for (const { dependencies: asked, isArray, callback } of context.dependencyHandlers) {
    if (!callback || !asked.some((dependency) => dependencies.has(dependency))) continue
    const modules = asked.map((dependency) =>
      dependencies.has(dependency) ? read(context, dependency) : undefined,
    )
    calls.push(bind(callback, isArray ? modules : modules[0]))
  }
  return calls
}

export function formatRefusal({ file }: ModuleNode, message: string | undefined): string {
  return `${file} invalidated the update${message === undefined ? '' : `: ${message}`}`
}

/** Whether a newer update has given the module what it accepted, or has replaced it. */
function supersededTest({ module }: HotContext, accepted: Acceptance[]): () => boolean {
  const versions = () => [module, ...accepted.map(({ dependency }) => dependency)].map(runningOf)
  const given = versions().join()
  return () => versions().join() !== given
}

function runningOf({ running }: ModuleNode): number | undefined {
  return running
}

/** Calls one callback; one that has not ended in time is reported and no longer waited for. */
async function takes(
  context: HotContext,
  run: () => void | Promise<void>,
  { failed, log }: AcceptCallHost,
  late: { isSuperseded: () => boolean; refuse: () => void },
): Promise<boolean> {
  const { file } = context.module
  const call = context.beginAcceptCall()
  const work = inHandlers('accept', run, call)
  try {
    const isEnded = await isInTime(work, false)
    if (!isEnded) {
      const error = overdue(`An accept callback of ${file} has not ended`, notWaitedFor)
      failed({ file, error, phase: 'accept' })
    }
    if (call.isInvalidated) log.info(formatRefusal(context.module, call.message))
    else if (!isEnded) {
      call.leave(() => late.isSuperseded() || late.refuse())
      work.catch((error) => {
        if (late.isSuperseded()) return
        failed({ file, error, phase: 'accept' })
        call.refuseLate()
      })
    }
    return !call.isInvalidated
  } catch (error) {
    failed({ file, error, phase: 'accept' })
    return false
  } finally {
    context.endAcceptCall()
  }
}
