import module from 'node:module'
import { brings } from './features.ts'

/**
 * @throws an Error with the code ERR_HOT_HOOK_NODE_VERSION, or ERR_HOT_HOOK_JITLESS, when this Node cannot
 * run Hot Hook
 */
export function assertNodeVersion(
  version: string = process.versions.node,
  hasRegisterHooks: boolean = typeof module.registerHooks === 'function',
): void {
  // What reads the imports of a module is compiled to it.
  if (!('WebAssembly' in globalThis)) {
    const message =
      'Hot Hook needs WebAssembly, which --jitless switches off: leave it out, or start without Hot Hook'
    throw Object.assign(new Error(message), { code: 'ERR_HOT_HOOK_JITLESS' })
  }
  if (brings('hooks', version) && hasRegisterHooks) return
  const message = `Hot Hook needs Node.js 22.22 or later (22, 24 or 26), this is ${version}: update Node.js, or start without Hot Hook`
  throw Object.assign(new Error(message), { code: 'ERR_HOT_HOOK_NODE_VERSION' })
}
