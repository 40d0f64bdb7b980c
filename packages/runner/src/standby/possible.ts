import process from 'node:process'
import { effectiveNodeArgs } from '../node-options.ts'
import type { ResolvedOptions } from '../options.ts'
import { isOldRegister, isPackage, preloadsIn, registerFile } from '../users-preloads.ts'

/** Memory that has to be left for a second process of the script, in bytes. */
const leastMemory = 512 * 2 ** 20

/** Options of Node with which a process that waits would not be the same as one that starts at once. */
const unfit =
  /^--(?:(?:cpu|heap)[-_]prof|prof$|inspect[-_](?:brk|wait)|(?:experimental[-_])?loader|(?:experimental[-_])?permission$|snapshot|experimental[-_]sea|trace[-_]|build[-_])/

/** Why no process of this script can wait; `undefined` when one can. */
export function whyImpossible(options: ResolvedOptions): string | undefined {
  if (options.standby === false) return 'it is switched off'
  // A pipe cannot be read there as it has to be.
  if (process.platform === 'win32') return 'this is Windows'
  const all = effectiveNodeArgs(options.env, options.nodeArgs)
  const given = all.find((argument) => unfit.test(argument))
  if (given !== undefined) return `of ${given}`
  const outer = effectiveNodeArgs(options.env, [])
  if (outer.some((argument) => /^--inspect/.test(argument))) return 'of --inspect in NODE_OPTIONS'
  const own = preloadsIn(outer).find((preload) => !isPackage(preload, options.cwd))
  if (own) return `of ${own.specifier} in NODE_OPTIONS`
  if (isOldRegister(registerFile(options.scriptFile))) return 'the application has Hot Hook 1.x'
  return undefined
}

/** Whether there is memory for another process. */
export function hasMemory(): boolean {
  return process.availableMemory() >= leastMemory
}
