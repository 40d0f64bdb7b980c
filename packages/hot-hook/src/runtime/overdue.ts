import type { ModuleNode } from '../graph/module-graph.ts'
import type { Transaction } from '../loader/instances/transaction.ts'
import { ownModule } from '../node/own-module.ts'
import { deadlineMs, overdue } from './deadline.ts'

/** Calls `late` once when a load has come no further for 5 s. Returns what ends the watch. */
export function watchProgress(transaction: Transaction, late: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const look = () => {
    const leftMs = deadlineMs - transaction.silentMs
    // The program's own await is what keeps the process alive, or nothing does.
    if (leftMs > 0) timer = setTimeout(look, leftMs).unref()
    else late()
  }
  look()
  return () => clearTimeout(timer)
}

/**
 * The modules of a load whose evaluation has begun and not ended. Node gives each its own promise,
 * and what has ended is evaluated no more.
 */
export async function unfinishedOf({ instances }: Transaction): Promise<ModuleNode[]> {
  const unfinished = new Set<ModuleNode>()
  for (const { node, url, format } of instances) {
    if (!format?.startsWith('module')) continue
    unfinished.add(node)
    const ended = () => unfinished.delete(node)
    ownModule.import(url).then(ended, ended)
  }
  await new Promise((resolve) => setImmediate(resolve))
  return [...unfinished]
}

/** The one of them that waits for none of the others. */
export function innermost(unfinished: ModuleNode[]): ModuleNode | undefined {
  const isPending = (node: ModuleNode) => unfinished.includes(node)
  const waitsForNone = ({ imports }: ModuleNode) => ![...imports.keys()].some(isPending)
  return unfinished.find(waitsForNone) ?? unfinished[0]
}

/** What is said of a module that has not ended. */
export function overdueError({ file }: ModuleNode): Error {
  return overdue(`${file} is still being evaluated`, ': a top-level await has not ended')
}
