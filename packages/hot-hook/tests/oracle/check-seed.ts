import fc from 'fast-check'
import type { NodeMajor } from '../harness/nodes.ts'
import { checkCase } from './boundary/check.ts'
import { type Case, cases } from './boundary/generate.ts'
import { smallerCases } from './boundary/smaller.ts'
import type { Kind } from './kinds.ts'
import { Mismatch } from './mismatch.ts'
import { reduce } from './reduce.ts'

export interface Finding {
  kind: Kind
  node: NodeMajor
  seed: number
  error: unknown
}

interface Options {
  edits: number
  /** Compare the model with a process without Hot Hook, too. */
  isSampled: boolean
  /** How long a failing program may be shrunk. */
  shrinkMs: number
}

/** Makes the program of a seed and runs it; what it found, shrunk. */
export async function checkSeed(
  kind: Kind,
  node: NodeMajor,
  seed: number,
  { edits, isSampled, shrinkMs }: Options,
): Promise<Finding | undefined> {
  if (kind === 'accept') return undefined
  const [each] = fc.sample(cases(kind, edits), { seed, numRuns: 1 })
  if (!each) throw new Error('no case was made')
  const check = (each: Case) => checkCase(each, node, isSampled)
  try {
    await check(each)
    return undefined
  } catch (error) {
    const options = { smaller: smallerCases, check, milliseconds: shrinkMs }
    return { kind, node, seed, error: await reduce(each, error as Error, options) }
  }
}

export function describeFinding({ kind, node, seed, error }: Finding): string {
  const again = `npm run oracle -- --programs 1 --kind ${kind} --node ${node} --seed ${seed}`
  const what =
    error instanceof Mismatch ? error.describe() : String((error as Error).stack ?? error)
  return `=== ${kind}, Node ${node}, seed ${seed}: ${what}\n--- again: ${again}\n`
}
