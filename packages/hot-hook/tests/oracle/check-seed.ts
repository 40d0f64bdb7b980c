import fc from 'fast-check'
import type { NodeMajor } from '../harness/nodes.ts'
import { checkAcceptCase } from './accept/check.ts'
import { cases as acceptCases } from './accept/generate.ts'
import { smallerAcceptCases } from './accept/smaller.ts'
import { checkCase } from './boundary/check.ts'
import { cases } from './boundary/generate.ts'
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
  const options = { seed, node, isSampled, shrinkMs }
  const error =
    kind === 'accept'
      ? await firstFailure(acceptCases(edits), checkAcceptCase, smallerAcceptCases, options)
      : await firstFailure(cases(kind, edits), checkCase, smallerCases, options)
  return error && { kind, node, seed, error }
}

async function firstFailure<Case>(
  arbitrary: fc.Arbitrary<Case>,
  checkCase: (each: Case, node: NodeMajor, isSampled: boolean) => Promise<void>,
  smaller: (from: Case) => Iterable<Case>,
  options: { seed: number; node: NodeMajor; isSampled: boolean; shrinkMs: number },
): Promise<Error | undefined> {
  const { seed, node, isSampled, shrinkMs } = options
  const [first] = fc.sample(arbitrary, { seed, numRuns: 1 })
  if (!first) throw new Error('no case was made')
  const check = (each: Case) => checkCase(each, node, isSampled)
  try {
    await check(first)
    return undefined
  } catch (error) {
    return reduce(first, error as Error, { smaller, check, milliseconds: shrinkMs })
  }
}

export function describeFinding({ kind, node, seed, error }: Finding): string {
  const again = `npm run oracle -- --programs 1 --kind ${kind} --node ${node} --seed ${seed}`
  const what =
    error instanceof Mismatch ? error.describe() : String((error as Error).stack ?? error)
  return `=== ${kind}, Node ${node}, seed ${seed}: ${what}\n--- again: ${again}\n`
}
