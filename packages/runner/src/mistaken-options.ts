import { nodeValueOptions } from './node-options.ts'

/** What people know from other programs, and what to do here instead. */
const exec = 'the script runs on node: give a loader, as in hot-runner --import=tsx server.ts'
const elsewhere = new Map([
  ['exec', exec],
  ['x', exec],
  ['ext', 'what the script loads is watched; for other files there is "reload" in package.json'],
  ['signal', 'the option is --kill-signal'],
  ['legacy-watch', 'the option is --poll'],
])

const nodeNames = new Set([
  ...[...process.allowedNodeEnvironmentFlags].map((flag) => flag.replace(/^-+/, '')),
  ...nodeValueOptions,
])

/**
 * Why an option in front of the script, which is none of ours, is not simply given to node: it is
 * nodemon's, or one of ours with a typing error. `undefined` when it may be node's.
 *
 * @param name without dashes
 * @param ours the names of our own options
 */
export function mistakeOf(name: string, ours: readonly string[]): string | undefined {
  const known = elsewhere.get(name)
  if (known !== undefined) return known
  if (nodeNames.has(name.replaceAll('_', '-')) || name.length < 4) return undefined
  const meant = ours.find((own) => own.startsWith(`${name}-`) || distance(own, name) <= 2)
  return meant && `did you mean --${meant}?`
}

/** How many letters have to be changed, added or taken away (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1]
    for (let at = 1; at <= b.length; at++) {
      const changed = (row[at - 1] as number) + (letter === b[at - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[at] as number) + 1, (next[at - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
