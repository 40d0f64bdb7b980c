import { FigureBook } from '../../harness/figure-book.ts'
import type { Column } from '../../harness/figures.ts'
import type { Measure } from '../measure.ts'
import { checkout } from './checkout.ts'
import { edits, type Format } from './edits.ts'
import { entries } from './entries.ts'
import { saves } from './saves.ts'

const perSecond = 500
const savesPerSecond = 10

export const storms: Measure = {
  id: 'storms',
  title: 'Storms',
  async run({ candidates, quick, progress }) {
    const book = new FigureBook()
    const changed = quick ? { modules: 500, changed: 300 } : { modules: 5_000, changed: 3_000 }
    const seconds = quick ? 3 : 60
    const files = quick ? { directories: 10, rounds: 1 } : { directories: 20, rounds: 5 }
    const edited = quick ? { saves: 300, limitMs: 10_000 } : { saves: 20_000, limitMs: 600_000 }
    for (const candidate of candidates) {
      const { id } = candidate
      if (!['hot-hook', 'hot-runner'].includes(id)) {
        const reason = 'not measured'
        for (const scenario of ['checkout', 'saves', 'entries', 'ESM', 'CommonJS']) {
          book.close(id, scenario, 'cannot', reason)
        }
        continue
      }
      if (id === 'hot-hook') {
        progress('a checkout')
        await book.attempt(id, 'checkout', () =>
          checkout(candidate, { ...changed, perSecond, limitMs: 60_000 }),
        )
        progress(`${savesPerSecond} saves a second`)
        await book.attempt(id, 'saves', () =>
          saves(candidate, { seconds, savesPerSecond, perSecond }),
        )
        progress('files and directories that come and go')
        await book.attempt(id, 'entries', () => entries(candidate, files))
      }
      for (const format of ['ESM', 'CommonJS'] satisfies Format[]) {
        progress(`${candidate.label}: edits, ${format}`)
        await book.attempt(id, format, () => edits(candidate, format, edited))
      }
    }
    return {
      id: 'storms',
      title: 'Storms',
      about: `*Checkout*: ${changed.changed.toLocaleString('en')} of ${changed.modules.toLocaleString('en')} modules are deleted and written anew, one after the other, as git does, under ${perSecond} requests a second over 10 connections; *back* counts answers older than one before. *Saves*: for ${seconds} s two modules of a program of 100 are renamed into place together, ${savesPerSecond} times a second, under the same load; a connection of its own asks at once until the answer is new. *Old* answers are to requests that were sent more than 10 ms after the save; *mixed* ones have one of the two, though both were renamed within 2 ms (*apart*: saves between which the machine held the saver up for longer). *Entries*: directories with files in them, half of them modules that are imported meanwhile, are created, renamed and deleted, ${(files.rounds * files.directories * 10).toLocaleString('en')} in all; what the process then holds more than before. *Edits*: ${edited.saves.toLocaleString('en')} saves of one module, each asked for at once, under \`--max-old-space-size=64\`, with a full reload when the memory guard asks for one; *stale* counts first answers that were the old ones (a \`require()\` follows the watcher).`,
      figures: book.figures,
      columns: columns(),
      plots: [],
    }
  },
}

function columns(): Column[] {
  const count = { statistic: 'sum', unit: 'count' } as const
  const of = (scenario: string, titles: Record<string, string>): Column[] =>
    Object.entries(titles).map(([metric, title]) => ({ ...count, scenario, metric, title }))
  const ms = { unit: 'ms', statistic: 'median' } as const
  return [
    ...of('checkout', { lost: 'checkout: lost', back: 'back', failed: 'failed' }),
    { ...ms, scenario: 'checkout', metric: 'freshMs', title: 'all new after' },
    ...of('saves', { saves: 'saves', lost: 'lost', mixed: 'mixed', old: 'old', failed: 'failed' }),
    ...of('saves', { apart: 'apart', oldAlone: 'old, lone connection' }),
    { ...ms, scenario: 'saves', metric: 'freshMs', title: 'new after', spread: true },
    ...of('entries', { descriptors: 'entries: descriptors', watches: 'watches' }),
    { scenario: 'entries', metric: 'grownMb', title: 'memory', statistic: 'max', unit: 'MB' },
    ...(['ESM', 'CommonJS'] as const).flatMap((format) =>
      of(format, {
        saves: `${format}: edits`,
        stale: 'stale',
        lost: 'lost',
        fullReloads: 'full reloads',
        died: 'died',
      }),
    ),
  ]
}
