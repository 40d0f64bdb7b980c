import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { problemOf } from './commands.ts'
import { readPage, root } from './pages.ts'

const { text } = readPage('CONTRIBUTING.md')

/** The numbered steps below a heading. */
function stepsOf(heading: string): string[] {
  const section = text.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return section.match(/^\d+\. .*(?:\n(?!\d+\.|\n).*)*/gm) ?? []
}

describe.each(['From a save to the answer', 'From a save to an accept callback'])('%s', (walk) => {
  const steps = stepsOf(walk)

  it('is a walk through at most nine files', () => {
    expect(steps.length).toBeGreaterThan(5)
    expect(steps.length).toBeLessThanOrEqual(9)
  })

  it('names what is in these files', () => {
    for (const step of steps) {
      const [, path = ''] = /\]\((packages\/[^)]+\.ts)\)/.exec(step) ?? []
      const source = readFileSync(join(root, path), 'utf8')
      const names = [...step.matchAll(/`(#?\w+)\(\)`|`(Watcher|ProgramWatch)`/g)].map(
        ([, method, type]) => method ?? type ?? '',
      )
      // What the application calls is no name of ours.
      const own = names.filter((name) => !['import'].includes(name))
      const missing = own.filter((name) => !new RegExp(`(?<![\\w#])${name}\\b`).test(source))
      expect({ path, missing }).toEqual({ path, missing: [] })
      expect(own.length).toBeGreaterThan(0)
    }
  })
})

it('there are ten principles', () => {
  expect(stepsOf('Ten principles')).toHaveLength(10)
})

describe('forms for issues', () => {
  const directory = join(root, '.github/ISSUE_TEMPLATE')
  const forms = readdirSync(directory)
    .filter((name) => name !== 'config.yml')
    .map((name) => ({ name, form: parse(readFileSync(join(directory, name), 'utf8')) }))

  it.each(forms)('$name has what GitHub needs', ({ form }) => {
    expect(form).toMatchObject({
      name: expect.any(String),
      description: expect.any(String),
      body: expect.any(Array),
    })
    const fields = form.body.filter(({ type }: { type: string }) => type !== 'markdown')
    for (const field of fields) {
      expect(['textarea', 'input', 'dropdown', 'checkboxes']).toContain(field.type)
      expect(field).toMatchObject({
        id: expect.any(String),
        attributes: { label: expect.any(String) },
      })
    }
  })

  it('ask for the log and the doctor, with commands that can be typed', () => {
    const bug = readFileSync(join(directory, 'bug.yml'), 'utf8')
    const commands = [...bug.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command)
    expect(commands.join('\n')).toMatch(/^NODE_DEBUG=hot-hook npx hot-runner /m)
    expect(commands.join('\n')).toMatch(/^npx hot-runner doctor --json /m)
    expect(commands.map(problemOf).filter(Boolean)).toEqual([])
  })
})

describe('workflows', () => {
  it('publish with provenance', () => {
    const workflow = parse(readFileSync(join(root, '.github/workflows/release.yml'), 'utf8'))
    expect(workflow.permissions['id-token']).toBe('write')
    const publishing = workflow.jobs.release.steps.find(({ with: given }: { with?: object }) =>
      JSON.stringify(given ?? {}).includes('changeset publish'),
    )
    expect(publishing.env.NPM_CONFIG_PROVENANCE).toBe('true')
  })

  it('run scripts that there are', () => {
    const directory = join(root, '.github/workflows')
    for (const name of readdirSync(directory)) {
      const { jobs } = parse(readFileSync(join(directory, name), 'utf8')) as {
        jobs: Record<string, { steps: { run?: string }[] }>
      }
      const commands = Object.values(jobs).flatMap(({ steps }) =>
        steps.flatMap(({ run }) => run ?? []),
      )
      expect({ name, problems: commands.map(problemOf).filter(Boolean) }).toEqual({
        name,
        problems: [],
      })
    }
  })
})
