import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The commands of a package that start it, the first that is there. */
const startCommands = ['dev', 'start']
/** `node --env-file=.env src/server.ts`: options with their value, then the script. */
const runsFile =
  /^(?:\w+=\S+ +)*(?:node|tsx|ts-node|nodemon|hot-runner)(?: +(?:watch|--?[^ ]+))* +([^- ]\S*\.[cm]?[jt]sx?)(?: |$)/

/** The program of the package in a directory: its "main"; `undefined` when there is none. */
export function mainOf(directory: string): string | undefined {
  const { main } = packageIn(directory)
  return typeof main === 'string' ? main : undefined
}

/** The script that a command of the package runs, for a hint: `npm start`, and `src/server.ts`. */
export function startedScript(directory: string): { command: string; script: string } | undefined {
  const { scripts } = packageIn(directory)
  if (typeof scripts !== 'object' || scripts === null) return undefined
  for (const name of startCommands) {
    const text = Object.entries(scripts).find(([key]) => key === name)?.[1]
    const [, script] = typeof text === 'string' ? (runsFile.exec(text) ?? []) : []
    if (script !== undefined)
      return { command: name === 'start' ? 'npm start' : 'npm run dev', script }
  }
  return undefined
}

function packageIn(directory: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
