import { watchRequests } from './drain.ts'
import { closeInspector } from './inspector.ts'
import type { HandoffMessage, PreloadMessage } from './preload-protocol.ts'

/** In the script's process: what a handoff asks of the old process. */
export function handoffActions(
  killTimeout: number,
  tell: (message: PreloadMessage) => void,
): Record<HandoffMessage, () => void> {
  const drain = watchRequests()
  let openInspector: (() => void) | undefined
  return {
    drain: () => void drain(killTimeout).then(() => tell({ type: 'hot-runner:drained' })),
    'close-inspector': () => {
      openInspector = closeInspector()
      tell({ type: 'hot-runner:inspector-closed' })
    },
    'open-inspector': () => openInspector?.(),
  }
}
