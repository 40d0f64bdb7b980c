import type { Report } from '../harness/figures.ts'
import type { Statistic } from '../harness/statistics.ts'
import { stormTargets } from './storm-targets.ts'
import { figure, type Place, ratio, type Target } from './target.ts'

const start = (scenario: string): Place => ({ section: 'start', scenario, metric: 'readyMs' })
const save = (scenario: string, metric: string, statistic: Statistic): Place => ({
  section: 'save',
  scenario,
  metric,
  statistic,
})
const rate: Place = {
  section: 'throughput',
  scenario: 'import() per request',
  metric: 'perSecond',
}
const leafOf = (size: number): Place => ({
  section: 'large-program',
  scenario: `leaf of ${size}`,
  metric: 'freshMs',
})
const retained = (scenario: string): Place => ({
  section: 'memory',
  scenario,
  metric: 'retainedKb',
})
const installed = (metric: string): Place => ({
  section: 'footprint',
  scenario: 'npm install',
  metric,
})

/** A full reload that goes to a process in standby, against those that start at the save. */
const applications = [
  'Express, 100 modules',
  'Fastify, 100 modules',
  'Nest, 100 modules',
  'node:http, 1,000 modules',
].flatMap((scenario): Target[] =>
  ['', ' --handoff'].flatMap((option): Target[] => {
    const candidate = option === '' ? 'hot-runner' : 'hot-runner-handoff'
    const place = { section: 'applications', scenario, metric: 'freshMs', candidate }
    const against = (other: string) => (report: Report) =>
      ratio(report, place, { candidate: other })
    const text = `${scenario}: save to new answer over a full reload, hot-runner${option}`
    return [
      { text: `${text} to node --watch`, measured: against('node-watch'), atMost: 0.25, unit: '×' },
      {
        text: `${text} to --no-standby`,
        measured: against(`${candidate}-cold`),
        atMost: 0.5,
        unit: '×',
      },
      ...(option === ''
        ? []
        : [
            {
              text: `${scenario}: failed requests over full reloads with --handoff`,
              measured: (report: Report) =>
                figure(report, { ...place, metric: 'failures', statistic: 'sum' }),
              atMost: 0,
              unit: 'count' as const,
            },
          ]),
    ]
  }),
)

const inARow = (metric: string, statistic: Statistic = 'sum') => ({
  measured: (report: Report) =>
    figure(report, {
      section: 'standby',
      scenario: 'Express, 100 modules',
      metric,
      statistic,
      candidate: 'hot-runner',
    }),
})

export const targets: readonly Target[] = [
  {
    text: 'Start of 100 modules, to plain node, neither with compile cache',
    measured: (report) => ratio(report, start('100 js off')),
    atMost: 1.08,
    unit: '×',
  },
  {
    text: 'Start of 1,000 modules, to plain node, neither with compile cache',
    measured: (report) => ratio(report, start('1000 js off')),
    atMost: 1.1,
    unit: '×',
  },
  {
    text: 'Start of 1,000 modules that writes the compile cache, to plain node without',
    measured: (report) => ratio(report, start('1000 js cold'), start('1000 js off')),
    atMost: 1.1,
    unit: '×',
  },
  {
    text: 'Start of 1,000 modules with a warm compile cache, to plain node without',
    measured: (report) => ratio(report, start('1000 js warm'), start('1000 js off')),
    atMost: 0.9,
    unit: '×',
  },
  {
    text: 'First answer of 1,000 modules behind import(), to plain node',
    measured: (report) => ratio(report, start('1000 js boundary')),
    atMost: 1.1,
    unit: '×',
  },
  {
    text: 'Start of 10,000 modules, to plain node',
    measured: (report) => ratio(report, start('10000 js off')),
    atMost: 1.15,
    unit: '×',
  },
  {
    text: 'Save to fresh response, boundary mode, many in a row, median',
    measured: (report) => figure(report, save('leaf, back to back', 'freshMs', 'median')),
    atMost: 2,
    unit: 'ms',
  },
  {
    text: 'The same when the boundary itself is saved',
    measured: (report) => figure(report, save('own file, back to back', 'freshMs', 'median')),
    atMost: 2,
    unit: 'ms',
  },
  {
    text: 'Save to fresh response with pauses, to bare Node importing the same modules',
    measured: (report) => ratio(report, save('boundary', 'freshMs', 'median')),
    atMost: 1.1,
    unit: '×',
  },
  {
    text: 'The same with pauses when the boundary itself is saved',
    measured: (report) => ratio(report, save('own file', 'freshMs', 'median')),
    atMost: 1.1,
    unit: '×',
  },
  {
    text: 'Stale first responses after a save, back to back',
    measured: (report) => figure(report, save('leaf, back to back', 'stale', 'sum')),
    atMost: 0,
    unit: 'count',
  },
  {
    text: 'Stale first responses after a save with pauses',
    measured: (report) => figure(report, save('boundary', 'stale', 'sum')),
    atMost: 0,
    unit: 'count',
  },
  {
    text: 'Failed first responses after a save, back to back',
    measured: (report) => figure(report, save('leaf, back to back', 'failed', 'sum')),
    atMost: 0,
    unit: 'count',
  },
  {
    text: 'Failed first responses after a save with pauses',
    measured: (report) => figure(report, save('boundary', 'failed', 'sum')),
    atMost: 0,
    unit: 'count',
  },
  {
    text: 'Save to accept callback, median',
    measured: (report) => figure(report, save('accept', 'acceptMs', 'median')),
    atMost: 4,
    unit: 'ms',
  },
  {
    text: 'Save to accept callback, p95',
    measured: (report) => figure(report, save('accept', 'acceptMs', 'p95')),
    atMost: 25,
    unit: 'ms',
  },
  ...[1_000, 10_000].map(
    (size): Target => ({
      text: `Save of a leaf of ${size.toLocaleString('en')} modules, to bare Node importing the same modules`,
      measured: (report) => ratio(report, leafOf(size)),
      atMost: 1.1,
      unit: '×',
    }),
  ),
  {
    text: 'Throughput with import() on each request, to plain node',
    measured: (report) => ratio(report, rate),
    atLeast: 0.9,
    unit: '×',
  },
  {
    text: 'CPU of 500 requests a second through hot.handler, to the listener itself',
    measured: (report) =>
      ratio(
        report,
        { section: 'handler', scenario: 'hot.handler', metric: 'cpuMsPerThousand' },
        { scenario: 'the listener itself', candidate: 'hot-hook' },
      ),
    atMost: 1.05,
    unit: '×',
  },
  {
    text: 'Propagation through 10,000 modules, median',
    measured: (report) =>
      figure(report, {
        section: 'propagation',
        scenario: 'tree of 10,000, shared module',
        metric: 'ms',
      }),
    atMost: 10,
    unit: 'ms',
  },
  {
    text: 'A ladder of 30 diamonds to one of 15, the number of modules being 2 to 1',
    measured: (report) =>
      ratio(
        report,
        { section: 'propagation', scenario: 'ladder of 30', metric: 'ms' },
        { scenario: 'ladder of 15', candidate: 'hot-hook' },
      ),
    atMost: 3,
    unit: '×',
  },
  {
    text: 'Heap retained by an ESM reload, to a versioned import of bare Node',
    measured: (report) => ratio(report, retained('ESM')),
    atMost: 1.05,
    unit: '×',
  },
  {
    text: 'Heap retained by a CommonJS reload',
    measured: (report) => figure(report, retained('CommonJS')),
    atMost: 1,
    unit: 'KB',
  },
  {
    text: 'Packages that npm install brings',
    measured: (report) => figure(report, { ...installed('packages'), statistic: 'max' }),
    atMost: 6,
    unit: 'count',
  },
  {
    text: 'Size that npm install brings',
    measured: (report) => figure(report, { ...installed('kb'), statistic: 'max' }),
    atMost: 600,
    unit: 'KB',
  },
  ...stormTargets,
  ...applications,
  {
    text: 'Full reloads in a row with a process in standby: wrong answers',
    ...inARow('wrong'),
    atMost: 0,
    unit: 'count',
  },
  {
    text: 'The same: processes that are left',
    ...inARow('leftOver'),
    atMost: 0,
    unit: 'count',
  },
  {
    text: 'The same: growth of the runner from a tenth of them to the last',
    ...inARow('grownMb', 'median'),
    atMost: 10,
    unit: 'MB',
  },
]
