import type { Report } from '../harness/figures.ts'
import { figure, type Target } from './target.ts'

/** Nothing is lost, mixed or left over in a storm. */
const storm = (scenario: string, metric: string, candidate = 'hot-hook') => ({
  measured: (report: Report) =>
    figure(report, { section: 'storms', scenario, metric, statistic: 'sum', candidate }),
  atMost: 0,
  unit: 'count' as const,
})

/** What holds in storms. */
export const stormTargets: readonly Target[] = [
  { text: 'A checkout under load: saves that are lost', ...storm('checkout', 'lost') },
  { text: 'The same: answers older than one before', ...storm('checkout', 'back') },
  { text: 'The same: failed requests', ...storm('checkout', 'failed') },
  { text: 'Saves under load: lost', ...storm('saves', 'lost') },
  {
    text: 'The same: answers that mix files which were saved together',
    ...storm('saves', 'mixed'),
  },
  {
    text: 'The same: old answers, more than 10 ms after the save, on a lone connection',
    ...storm('saves', 'oldAlone'),
  },
  {
    text: 'Files and directories that came and went: descriptors',
    ...storm('entries', 'descriptors'),
  },
  { text: 'The same: watches', ...storm('entries', 'watches') },
  {
    text: 'The same: memory',
    measured: (report) =>
      figure(report, { section: 'storms', scenario: 'entries', metric: 'grownMb' }),
    atMost: 10,
    unit: 'MB',
  },
  ...['hot-hook', 'hot-runner'].flatMap((candidate): Target[] =>
    ['ESM', 'CommonJS'].flatMap((format) => [
      {
        text: `${format} edits with a small heap, ${candidate}: ended of it`,
        ...storm(format, 'died', candidate),
      },
      { text: 'The same: lost', ...storm(format, 'lost', candidate) },
    ]),
  ),
  ...['hot-hook', 'hot-runner'].map((candidate) => ({
    text: `ESM edits with a small heap, ${candidate}: old answers`,
    ...storm('ESM', 'stale', candidate),
  })),
]
