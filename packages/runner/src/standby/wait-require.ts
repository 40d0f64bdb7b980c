// As wait-import.ts where Node loads the script by `require()`.
import { createRequire } from 'node:module'
import { isStandby } from '../preload.ts'

Reflect.deleteProperty(globalThis, Symbol.for('hot-hook.runner'))
if (isStandby) {
  const wait = createRequire(import.meta.url)('./wait.js') as typeof import('./wait.ts')
  wait.waitAtOnce()
}
