// Behind Hot Hook and the packages that are given with `--import`, in front of the script.
import { isStandby } from '../preload.ts'

Reflect.deleteProperty(globalThis, Symbol.for('hot-hook.runner'))
if (isStandby) {
  const { loadAndWait } = await import('./wait.ts')
  await loadAndWait()
}
