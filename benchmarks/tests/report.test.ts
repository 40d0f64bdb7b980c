import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FigureBook } from '../harness/figure-book.ts'
import type { Report, Section } from '../harness/figures.ts'
import { median, quantile } from '../harness/statistics.ts'
import { DidNotFinish } from '../harness/time-limit.ts'
import { takeTurns } from '../harness/turns.ts'
import { parseOptions } from '../options.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { renewed } from '../report/renew.ts'
import { isMet } from '../report/target.ts'
import { targets } from '../report/targets.ts'
import { writeReport } from '../report/write.ts'

const candidates = ['node', 'hot-hook', 'dynohot', 'nodemon'].map((id) => ({
  id,
  label: `the ${id}`,
  version: '1.2.3',
  setup: `run ${id}`,
}))

async function givenReport(): Promise<Report> {
  const book = new FigureBook()
  const scenario = '1000 js off'
  book.add('node', scenario, { readyMs: [400, 500, 450] })
  book.add('hot-hook', scenario, { readyMs: [540, 540, 600] })
  await book.attempt('dynohot', scenario, async () => {
    throw new DidNotFinish('not within 60 s')
  })
  book.close('nodemon', scenario, 'cannot', 'a reason of its own')
  return {
    date: '2030-01-02',
    mode: 'full',
    durationMs: 90_000,
    machine: {
      node: 'v24.0.0',
      system: 'Linux',
      processor: 'a processor',
      cores: 2,
      memoryGb: 8,
      load: [0.1, 0.2],
    },
    candidates,
    sections: [
      {
        id: 'start',
        title: 'Start',
        about: 'What was done.',
        figures: book.figures,
        columns: [
          {
            title: '1,000 JS',
            scenario,
            metric: 'readyMs',
            statistic: 'median',
            unit: 'ms',
            spread: true,
            ratioTo: { candidate: 'node' },
          },
        ],
        plots: [
          {
            file: 'start.svg',
            title: 'Start <of all>',
            kind: 'lines',
            metric: 'readyMs',
            unit: 'ms',
            scenarios: [{ scenario, label: '1,000', at: 1_000 }],
          },
          {
            file: 'bars.svg',
            title: 'Bars',
            kind: 'bars',
            metric: 'readyMs',
            unit: 'ms',
            scenarios: [{ scenario, label: 'start' }],
            labels: { node: 'the floor' },
          },
        ],
      },
    ],
  }
}

test('the table shows medians, the spread, the ratio to plain node, and what did not finish', async () => {
  const markdown = renderMarkdown(await givenReport())
  expect(markdown).toContain('| the node | 450 ms (p95 500 ms) |')
  expect(markdown).toContain('| the hot-hook | 540 ms (p95 600 ms) **1.20×** |')
  expect(markdown).toContain('| the dynohot | did not finish |')
  expect(markdown).toContain('| the nodemon | – |')
  expect(markdown).toContain('- the nodemon: a reason of its own')
  expect(markdown).toContain('- the dynohot (1000 js off): not within 60 s')
})

test('a target that the run does not reach is said to be missed', async () => {
  const markdown = renderMarkdown(await givenReport())
  expect(markdown).toContain('| at most 1.10× | 1.20× | **no** |')
  const report = await givenReport()
  const met = targets.filter((target) => {
    const value = target.measured(report)
    return value !== undefined && isMet(target, value)
  })
  expect(met).toEqual([])
})

test('what a run has not measured is no row of the targets', async () => {
  const markdown = renderMarkdown(await givenReport())
  expect(markdown).not.toContain('Footprint')
  expect(markdown).not.toContain('Packages that npm install brings')
})

test('the report is written as Markdown, JSON and well-formed plots', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hot-hook-bench-report-'))
  try {
    const report = await givenReport()
    writeReport(report, directory)
    expect(readFileSync(join(directory, 'latest.md'), 'utf8')).toBe(renderMarkdown(report))
    expect(JSON.parse(readFileSync(join(directory, 'latest.json'), 'utf8'))).toEqual(report)
    const lines = readFileSync(join(directory, 'start.svg'), 'utf8')
    expect(lines).toContain('Start &lt;of all&gt;')
    expect(lines.match(/<polyline/g)).toHaveLength(2)
    const bars = readFileSync(join(directory, 'bars.svg'), 'utf8')
    expect(bars).toContain('did not finish')
    expect(bars).toContain('540 ms')
    expect([lines.includes('>the node<'), bars.includes('>the node<')]).toEqual([true, false])
    expect(bars).toContain('>the floor<')
    expect(bars).not.toContain('NaN')
    expect(lines).not.toContain('NaN')
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})

test('medians and quantiles of few samples', () => {
  expect(median([5, 1, 3])).toBe(3)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(quantile([1, 2, 3, 4], 0.95)).toBe(4)
  expect(
    quantile(
      Array.from({ length: 100 }, (_, index) => index + 1),
      0.95,
    ),
  ).toBe(95)
})

test('candidates take turns, each round beginning with another', async () => {
  const order: string[] = []
  await takeTurns(['a', 'b', 'c'], 3, async (candidate, round) => {
    order.push(candidate + round)
  })
  expect(order.join(' ')).toBe('a0 b0 c0 b1 c1 a1 c2 a2 b2')
})

test('a candidate that did not finish is not asked again', async () => {
  const book = new FigureBook()
  let asked = 0
  const sample = async () => {
    asked++
    throw new DidNotFinish('too slow')
  }
  await book.attempt('slow', 'a scenario', sample)
  await book.attempt('slow', 'a scenario', sample)
  expect(asked).toBe(1)
  expect(book.isOpen('slow', 'another scenario')).toBe(true)
})

test('an unknown measure is an error that names the known ones', () => {
  const known = { measures: ['start', 'save'], candidates: ['node'] }
  expect(() => parseOptions(['--only', 'strat'], known)).toThrow(
    '--only: no "strat". Known: start, save.',
  )
  expect(parseOptions(['--quick', '--only', 'save,start'], known)).toEqual({
    quick: true,
    only: ['save', 'start'],
    candidates: [],
    renew: false,
  })
})

test('only full measures of all candidates renew the last results', () => {
  const known = { measures: ['start', 'save'], candidates: ['node'] }
  expect(parseOptions(['--only', 'save', '--renew'], known)).toMatchObject({ renew: true })
  for (const others of [[], ['--only', 'save', '--quick'], ['--only', 'save', '--out', 'x']]) {
    expect(() => parseOptions(['--renew', ...others], known)).toThrow('--renew takes --only')
  }
})

test('what is measured again takes the place of what was, with its day', async () => {
  const last = await givenReport()
  const [start] = last.sections as [Section]
  const again = { ...start, about: 'Done again.' }
  const isNew = { ...start, id: 'save', title: 'Save' }
  const other = { id: 'other', label: 'another', version: '2', setup: 'run it' }
  const fresh = {
    ...last,
    date: '2030-03-04',
    candidates: [...candidates, other],
    sections: [isNew, again],
  }
  const report = renewed(last, fresh, ['start', 'save'])
  expect(report.sections.map(({ id, about }) => [id, about])).toEqual([
    ['start', 'Done again.'],
    ['save', 'What was done.'],
  ])
  expect(report.candidates).toEqual([...candidates, other])
  expect(renderMarkdown(report)).toContain('2030-01-02, full run')
  expect(renderMarkdown(report)).toContain(
    '## Start\n\nMeasured again on 2030-03-04.\n\nDone again.',
  )
  expect(renderMarkdown(renewed(last, last, ['start']))).not.toContain('Measured again')
})
