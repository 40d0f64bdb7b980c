import { parseArgs } from 'node:util'

export interface AppsOptions {
  /** Ids of applications. */
  only: string[]
  /** Major versions of Node. */
  node: string[]
  /** Print JSON instead of the table. */
  json: boolean
}

export const usage = `npm run apps -- [--only express,koa,...] [--node 22,24,26] [--json]

  --only   these applications; results/ are written only without it
  --node   on these versions of Node (24)
  --json   print every save as JSON in place of the tables`

/** Reads the command line; a name that does not exist is an error that says those that do. */
export function parseOptions(args: string[], known: string[]): AppsOptions {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      only: { type: 'string', default: known.join() },
      node: { type: 'string', default: '24' },
      json: { type: 'boolean', default: false },
    },
  })
  return {
    only: list('--only', values.only, known),
    node: list('--node', values.node, ['22', '24', '26']),
    json: values.json,
  }
}

function list(option: string, text: string, known: string[]): string[] {
  const names = text.split(',').filter(Boolean)
  for (const name of names) {
    if (!known.includes(name))
      throw new Error(`${option}: no "${name}". Known: ${known.join(', ')}.`)
  }
  return names
}
