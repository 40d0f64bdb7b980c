import fc from 'fast-check'
import type { NodeMajor } from '../harness/nodes.ts'
import { acceptKit } from './accept/kit.ts'
import { boundaryKit } from './boundary/kit.ts'
import type { Kind } from './kinds.ts'
import type { Case, Kit, RunOptions, Save } from './kit.ts'
import { Mismatch } from './mismatch.ts'
import { reduce } from './reduce.ts'
import { Run } from './run.ts'

export interface Finding {
  kind: Kind
  node: NodeMajor
  seed: number
  isSampled: boolean
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
  options: Options,
): Promise<Finding | undefined> {
  const error =
    kind === 'accept'
      ? await firstFailure(acceptKit, node, seed, options)
      : await firstFailure(boundaryKit(kind), node, seed, options)
  return error && { kind, node, seed, isSampled: options.isSampled, error }
}

async function firstFailure<
  Program extends { modules: readonly { name: string }[] },
  Verdict extends string,
  Step extends Save<Program>,
>(
  kit: Kit<Program, Verdict, Step>,
  node: NodeMajor,
  seed: number,
  { edits, isSampled, shrinkMs }: Options,
): Promise<Error | undefined> {
  const [first] = fc.sample(kit.cases(edits), { seed, numRuns: 1 })
  if (!first) throw new Error('no case was made')
  const options: RunOptions = { node, isSampled }
  const check = (each: Case<Program, Step>) => new Run(kit, each, options).run()
  try {
    await check(first)
    return undefined
  } catch (error) {
    const { smaller } = kit
    return reduce(first, error as Error, { smaller, check, milliseconds: shrinkMs })
  }
}

export function describeFinding({ kind, node, seed, isSampled, error }: Finding): string {
  const again = `npm run oracle -- --programs 1 --kind ${kind} --node ${node} --seed ${seed} --sample ${Number(isSampled)}`
  const what =
    error instanceof Mismatch ? error.describe() : String((error as Error).stack ?? error)
  return `=== ${kind}, Node ${node}, seed ${seed}: ${what}\n--- again: ${again}\n`
}
