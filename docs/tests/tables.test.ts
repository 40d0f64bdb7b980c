import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { help } from '../../packages/runner/src/cli.ts'
import { readPage, root } from './pages.ts'

const sourceOf = (path: string) => readFileSync(join(root, path), 'utf8')

/** The tables of a text: each a list of rows of cells, without the line below the header. */
function tablesOf(text: string): string[][][] {
  const blocks = text.match(/(?:^\|.*\|\n)+/gm) ?? []
  return blocks.map((block) =>
    block
      .trim()
      .split('\n')
      .filter((line) => !/^\|[\s|:-]+\|$/.test(line))
      .map((line) =>
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      ),
  )
}

/** The first column of the table whose header begins with `header`. */
function firstColumn(page: string, header: string): string[] {
  const table = tablesOf(readPage(page).text).find(([head]) => head?.[0] === header)
  if (!table) throw new Error(`${page} has no table of ${header}`)
  return table.slice(1).map(([cell = '']) => cell)
}

/** Everything in `…` of some cells, up to an opening bracket. */
const namesIn = (cells: string[]) =>
  cells.flatMap((cell) => [...cell.matchAll(/`([\w-]+)[^`]*`/g)].map(([, name = '']) => name))

/** The members of an interface, as its source names them. */
function membersOf(path: string, name: string): string[] {
  const body = new RegExp(`interface ${name}[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(
    sourceOf(path),
  )?.[1]
  if (body === undefined) throw new Error(`${path} has no interface ${name}`)
  const names = body.matchAll(/^ {2}(?:readonly )?'?([\w-]+)'?(?:\?)?[:(<]/gm)
  return [...new Set([...names].map(([, member = '']) => member))]
}

describe('docs/options.md', () => {
  it('has every option of Hot Hook, and no other', () => {
    const [, ...cells] = ['', ...firstColumn('docs/options.md', 'option')]
    const written = cells.flatMap((cell) => namesIn([cell]))
    const known = membersOf('packages/hot-hook/src/options/option-types.ts', 'HotOptions')
    expect(written.sort()).toEqual(known.sort())
  })

  it('says the defaults of the source', () => {
    const table = tablesOf(readPage('docs/options.md').text).find(
      ([head]) => head?.[2] === 'default',
    )
    const defaults = Object.fromEntries(
      (table ?? []).map(([name = '', , value]) => [namesIn([name])[0], value]),
    )
    const source = sourceOf('packages/hot-hook/src/options/option-types.ts')
    for (const name of ['reload', 'watch', 'log', 'compileCache', 'include']) {
      const comment = new RegExp(
        `@default ([^\\n,]+(?:, '[^\\n]+'\\])?)[^/]*\\*/\\n {2}${name}\\?`,
      ).exec(source)?.[1]
      expect({ name, value: defaults[name] }).toEqual({ name, value: `\`${comment}\`` })
    }
  })
})

describe('docs/import-meta-hot.md', () => {
  const members = membersOf('packages/hot-hook/import-meta.d.ts', 'ImportMetaHot')

  it.each(['docs/import-meta-hot.md', 'README.md', 'packages/hot-hook/README.md'])(
    '%s has every member, and no other',
    (page) => {
      const written = new Set(namesIn(firstColumn(page, 'member')))
      expect([...written].sort()).toEqual([...members].sort())
    },
  )
})

describe('docs/runner.md', () => {
  const page = readPage('docs/runner.md')

  it('has every option of the command line as the help has it, and no other', () => {
    const written = new Set(
      firstColumn('docs/runner.md', 'option')
        .join(' ')
        .match(/--[\w-]+/g),
    )
    const helped = new Set(
      (/\nOptions\n[\s\S]*?\n\n/.exec(help)?.[0] ?? '').match(/--[a-z][\w-]+/g),
    )
    // `--reload 'config/**'` is the example of an option; --no-clear-screen is the rule that a switch can be taken back.
    written.delete('--no-clear-screen')
    expect([...written].sort()).toEqual([...helped].sort())
  })

  it('has the commands of the help', () => {
    const commands = [
      ...(/\nCommands\n[\s\S]*?\n\n/.exec(help)?.[0] ?? '').matchAll(/^ {2}(\w+)/gm),
    ]
    expect(commands.length).toBeGreaterThan(1)
    for (const [, name] of commands) expect(page.text).toContain(`hot-runner ${name}`)
  })

  it('has every option of a Runner', () => {
    for (const name of membersOf('packages/runner/src/options.ts', 'RunnerOptions')) {
      expect(page.text).toContain(`\`${name}\``)
    }
  })

  it('has every event of a Runner, and no other', () => {
    const written = namesIn(firstColumn('docs/runner.md', 'event'))
    expect(written.sort()).toEqual(
      membersOf('packages/runner/src/events.ts', 'RunnerEvents').sort(),
    )
  })
})

describe('docs/seeing-what-happens.md', () => {
  it('has every event of Hot Hook with all that it brings, and no other', () => {
    const path = 'packages/hot-hook/src/events.ts'
    const table = tablesOf(readPage('docs/seeing-what-happens.md').text).find(
      ([head]) => head?.[0] === 'event',
    )
    const written = (table ?? []).slice(1).map(([name = '', payload = '']) => ({
      name: name.replaceAll('`', ''),
      payload: /\{([^}]*)\}/
        .exec(payload)?.[1]
        ?.split(',')
        .map((each) => each.trim())
        .sort(),
    }))
    const known = membersOf(path, 'HotEvents').map((name) => {
      const type = `${name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}Event`
      return { name, payload: membersOf(path, type).sort() }
    })
    expect(written).toEqual(known)
  })

  it('has the messages that are sent to every parent', () => {
    const table = firstColumn('docs/seeing-what-happens.md', 'message')
    const path = 'packages/hot-hook/src/reload/protocol.ts'
    for (const name of ['InvalidatedMessage', 'FullReloadMessage']) {
      const members = membersOf(path, name).filter((member) => member !== 'type')
      const written = table.some((cell) => members.every((member) => cell.includes(member)))
      expect({ name, written }).toEqual({ name, written: true })
    }
  })
})

describe('the comparison', () => {
  const measured = tablesOf(sourceOf('benchmarks/results/latest.md'))
  const names: Record<string, string> = { 'Hot Hook': 'hot-hook' }

  /** A figure of the report, by the row and the candidate. */
  function figure(row: string, candidate: string): string {
    for (const [head = [], ...rows] of measured) {
      const column = head.indexOf(names[candidate] ?? candidate)
      const found = rows.find(([name]) => name === row)
      if (column > 0 && found?.[column] !== undefined) return found[column]
    }
    throw new Error(`the report has no ${row} of ${candidate}`)
  }

  const number = (text: string) => Number(/[\d.,]+/.exec(text)?.[0].replaceAll(',', ''))

  /** A time as the pages write it: 3.28 ms → 3.3 ms, 118.4 ms → 118 ms. */
  function milliseconds(measured: string): string {
    const value = number(measured)
    return `${value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en')} ms`
  }

  /** A ratio to plain Node: 0.94×, 1.7×, 19×. */
  function ratio(measured: string): string {
    const value = number(/\*\*(.*)\*\*/.exec(measured)?.[1] ?? '')
    return `${value < 1 ? value.toFixed(2) : value < 10 ? value.toFixed(1) : Math.round(value)}×`
  }

  /** What a column says of a candidate, by the beginning of its header. */
  const columns: [header: string, of: (candidate: string) => string][] = [
    ['first request', (name) => figure('stale first', name)],
    ['save to answer', (name) => milliseconds(figure('leaf, median', name))],
    ['1,000 modules', (name) => milliseconds(figure('leaf of 1,000', name))],
    ['start', (name) => ratio(figure('1,000 JS', name))],
  ]

  /** The page with the figures of the last report in its table. */
  function withFigures(text: string): string {
    return text.replace(/(?:^\|.*\|\n)+/gm, (table) => {
      const [head = '', ...rows] = table.split('\n')
      const headers = head.split('|').map((cell) => cell.trim())
      if (!headers.some((header) => header.startsWith('first request'))) return table
      const filled = rows.map((row) => {
        const cells = row.split('|')
        const name = cells[1]?.trim() ?? ''
        if (name === '' || name === 'webpack' || name.startsWith('-')) return row
        for (const [header, of] of columns) {
          const at = headers.findIndex((each) => each.startsWith(header))
          if (at > 0) cells[at] = ` ${of(name).padStart((cells[at]?.length ?? 0) - 2)} `
        }
        return cells.join('|')
      })
      return [head, ...filled].join('\n')
    })
  }

  it.each(['README.md', 'docs/comparison.md'])(
    '%s has the figures of the last report; UPDATE_DOCS=1 writes them',
    (page) => {
      const { text } = readPage(page)
      if (process.env.UPDATE_DOCS) writeFileSync(join(root, page), withFigures(text))
      else expect(text).toBe(withFigures(text))
      expect(text).toMatch(/^\| Hot Hook .*\d of [\d,]+ .* ms .*×/m)
    },
  )
})
