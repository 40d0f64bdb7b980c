import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { validateOptions } from '../../packages/hot-hook/src/options/option-checks.ts'
import { problemOf } from './commands.ts'
import { allPages, type CodeBlock } from './pages.ts'
import { findBlock } from './stage.ts'
import { allStories } from './stories/index.ts'
import { prisma } from './stories/packed.ts'

const pages = allPages()
const blocks = pages.flatMap((page) => page.blocks)
const where = ({ page, line }: CodeBlock) => `${page}:${line}`

describe('blocks of code', () => {
  it('are tried by a story, or checked here', () => {
    const tried = new Set(
      [...allStories, prisma].flatMap(({ page, blocks }) =>
        blocks.map((reference) => where(findBlock(page, reference))),
      ),
    )
    const isDrawing = ({ language }: CodeBlock) => language === ''
    const isChecked = ({ language, file }: CodeBlock) =>
      ['sh', 'yaml', 'dockerfile'].includes(language) || (language === 'json' && file === undefined)
    const untried = blocks.filter(
      (block) => !isDrawing(block) && !isChecked(block) && !tried.has(where(block)),
    )
    expect(untried.map((block) => `${where(block)} ${block.language} ${block.file}`)).toEqual([])
  })

  it('without a language are drawings', () => {
    const drawings = blocks.filter(({ language }) => language === '')
    const withCode = drawings.filter(({ text }) => /^\s*(?:import|const|npx?|node) /m.test(text))
    expect(withCode.map(where)).toEqual([])
  })
})

/** `hot-runner --json` in a sentence names an option: it is typed with a script. */
function withScript(command: string): string {
  const isOptionAlone = /^(?:npx )?hot-runner(?: -\S+)+$/.test(command)
  return isOptionAlone ? `${command} server.js` : command
}

describe('commands', () => {
  it('in blocks can be typed', () => {
    const problems = blocks
      .filter(({ language }) => language === 'sh')
      .flatMap((block) =>
        block.text
          .split('\n')
          .map((line) => ({ at: where(block), line, problem: problemOf(line) })),
      )
    expect(problems.filter(({ problem }) => problem !== undefined)).toEqual([])
  })

  it('in sentences and tables can be typed', () => {
    const problems = pages.flatMap(({ path, text }) =>
      [
        ...text
          .replace(/^```[\s\S]*?^```/gm, '')
          .matchAll(/`((?:(?:npx )?(?:hot-runner|node)|npm install) [^`]+)`/g),
      ]
        .map(([, command = '']) => command.replaceAll(/\s+/g, ' '))
        .filter((command) => !/^node --watch|…/.test(command))
        .map((command) => ({ path, command, problem: problemOf(withScript(command)) })),
    )
    expect(problems.filter(({ problem }) => problem !== undefined)).toEqual([])
  })
})

describe('JSON', () => {
  const json = blocks.filter(({ language }) => language === 'json')

  it('can be read, and its commands typed', () => {
    for (const block of json) {
      const { scripts = {} } = JSON.parse(block.text) as { scripts?: Record<string, string> }
      for (const command of Object.values(scripts)) {
        expect({ at: where(block), problem: problemOf(command) }).toEqual({ at: where(block) })
      }
    }
  })

  it('has options that Hot Hook knows', () => {
    const options = json.map(({ text }) => JSON.parse(text).hotHook).filter(Boolean)
    expect(options.length).toBeGreaterThan(0)
    for (const given of options) expect(validateOptions(given, 'the manual')).toEqual(given)
  })
})

describe('Docker', () => {
  it('has services whose commands can be typed', () => {
    const files = blocks.filter(({ language }) => language === 'yaml')
    expect(files.length).toBeGreaterThan(0)
    for (const block of files) {
      const { services } = parse(block.text) as { services: Record<string, { command: string }> }
      for (const { command } of Object.values(services)) {
        expect({ at: where(block), problem: problemOf(command) }).toEqual({ at: where(block) })
      }
    }
  })

  it('has images whose command can be typed', () => {
    const files = blocks.filter(({ language }) => language === 'dockerfile')
    expect(files.length).toBeGreaterThan(0)
    for (const { text } of files) {
      const instructions = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
      const unknown = instructions.filter((line) => !/^(?:FROM|WORKDIR|COPY|RUN|CMD) /.test(line))
      expect(unknown).toEqual([])
      const command = JSON.parse(/^CMD (.*)$/m.exec(text)?.[1] ?? '') as string[]
      expect(problemOf(command.join(' '))).toBeUndefined()
    }
  })
})
