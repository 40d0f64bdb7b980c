import module from 'node:module'
import { brings } from './features.ts'

/**
 * @throws an Error with the code ERR_HOT_HOOK_NODE_VERSION when this Node cannot run Hot Hook
 */
export function assertNodeVersion(
  version: string = process.versions.node,
  hasRegisterHooks: boolean = typeof module.registerHooks === 'function',
): void {
  if (brings('hooks', version) && hasRegisterHooks) return
  const message = `Hot Hook needs Node.js 22.22 or later (22, 24 or 26), this is ${version}: update Node.js, or start without Hot Hook`
  throw Object.assign(new Error(message), { code: 'ERR_HOT_HOOK_NODE_VERSION' })
}
