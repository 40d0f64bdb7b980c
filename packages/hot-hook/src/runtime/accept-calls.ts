import type { ErrorEvent } from '../events.ts'
import type { ModuleNode } from '../graph/module-graph.ts'
import type { Acceptance } from '../graph/propagate.ts'
import type { Log } from '../log.ts'
import { inHandlers } from './handler-scope.ts'
import type { AcceptCallback, HotContext } from './hot-context.ts'

/** Who gets a new module: CommonJS modules get `module.exports`, others the namespace. */
export interface NamespaceReader {
  module: ModuleNode
}

/** After this time the log says which callback is waited for, in milliseconds. */
const slowMs = 5000

interface AcceptCallHost {
  read(reader: NamespaceReader, dependency: ModuleNode): unknown
  failed(event: ErrorEvent): void
  /** Its new instance invalidated itself: no callback is asked any more. */
  hasRefused(module: ModuleNode): boolean
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
    for (const call of callsOf(context, accepted, host)) {
      if (await takes(context, call, host)) continue
      refused.push(accepted[0] as Acceptance)
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

async function takes(
  context: HotContext,
  call: () => void | Promise<void>,
  { failed, log }: AcceptCallHost,
): Promise<boolean> {
  const state: HotContext['acceptCall'] = { isInvalidated: false }
  context.acceptCall = state
  const slow = setTimeout(() => {
    log.warn(
      `an accept callback of ${context.module.file} has not ended after ${slowMs / 1000} s: ` +
        'no other update is applied until it has',
    )
  }, slowMs).unref()
  try {
    await inHandlers('accept', call)
    if (state.isInvalidated) log.info(formatRefusal(context.module, state.message))
    return !state.isInvalidated
  } catch (error) {
    failed({ file: context.module.file, error, phase: 'accept' })
    return false
  } finally {
    clearTimeout(slow)
    context.acceptCall = undefined
  }
}
