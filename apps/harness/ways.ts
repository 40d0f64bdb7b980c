import { join } from 'node:path'
import type { Application, Start } from '../applications/application.ts'

const runner = join(import.meta.dirname, '../../packages/runner/bin/hot-runner.js')

/** A way of starting an application. */
export interface Way {
  id: 'node --import' | 'hot-runner' | 'dev server' | 'node --watch'
  /** The arguments of node; `undefined` where an application has no such way. */
  command(application: Application): { args: string[]; env?: Record<string, string> } | undefined
}

const ownWays: Way[] = [
  {
    id: 'node --import',
    command: ({ start }) => node(start, [preload(start), 'hot-hook/register']),
  },
  {
    id: 'hot-runner',
    command: ({ start }) => node(start, [runner, '--no-keys']),
  },
  {
    id: 'dev server',
    command: ({ devServer }) => devServer && node(devServer, []),
  },
]

/** What all are compared with. */
export const nodeWatch: Way = {
  id: 'node --watch',
  command: ({ start }) => node(start, ['--watch', '--watch-preserve-output']),
}

export const ways: Way[] = [...ownWays, nodeWatch]

function node(
  { nodeArguments = [], script, scriptArguments = [], env = {} }: Start,
  first: string[],
) {
  return { args: [...first, ...nodeArguments, script, ...scriptArguments], env }
}

/** With any `--import` Node loads the entry as an ES module, which a loader given with `-r` cannot do. */
function preload({ nodeArguments = [] }: Start): string {
  return nodeArguments.includes('-r') ? '-r' : '--import'
}
