import { parseArgs } from 'node:util'

export interface BenchOptions {
  quick: boolean
  /** Ids of measures; empty for all. */
  only: string[]
  /** Ids of candidates; empty for all. */
  candidates: string[]
  /** What is measured takes the place of what the last full run has of it. */
  renew: boolean
  /** Where the report goes; `undefined`: results/ for a full run of everything, else a temporary one. */
  out?: string
}

export const usage = `pnpm bench [--quick] [--only start,save,...] [--candidates node,hot-hook,...] [--renew | --out directory]

  --quick        fewer and smaller programs, fewer samples: under two minutes
  --only         these measures
  --candidates   these candidates (plain node is what ratios refer to)
  --renew        with --only: puts these measures in the place of the last ones in results/
  --out          where the report goes; only a full run of everything goes to results/ by itself`

/** Reads the command line; an id that does not exist is an error that names those that do. */
export function parseOptions(
  args: string[],
  known: { measures: string[]; candidates: string[] },
): BenchOptions {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      candidates: { type: 'string', default: '' },
      renew: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  })
  const { quick, candidates, renew } = values
  if (renew && (quick || candidates !== '' || values.only === '' || values.out !== undefined)) {
    throw new Error(
      '--renew takes --only, and measures in full: no --quick, --candidates or --out.',
    )
  }
  return {
    renew,
    quick,
    only: idList('--only', values.only, known.measures),
    candidates: idList('--candidates', values.candidates, known.candidates),
    ...(values.out === undefined ? {} : { out: values.out }),
  }
}

function idList(option: string, text: string, known: string[]): string[] {
  const ids = text.split(',').filter(Boolean)
  for (const id of ids) {
    if (!known.includes(id)) throw new Error(`${option}: no "${id}". Known: ${known.join(', ')}.`)
  }
  return ids
}
