import { describe, expect, it } from 'vitest'
import { App, type AppOptions, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** The first line of a stack that names the file: `line:column`. */
function place(stack: string, file: string): string | undefined {
  const line = stack.split('\n').find((each) => each.includes(file))
  return /:(\d+:\d+)\)?$/.exec(line ?? '')?.[1]
}

async function stacksOf(
  files: Record<string, string>,
  changed: [string, string],
  options: AppOptions,
): Promise<{ app: App; stacks: string[] }> {
  const app = new App(files, options).start()
  const stacks = [await app.get()]
  app.save(...changed)
  stacks.push(await app.get())
  return { app, stacks }
}

const thrower = (body: string) => `${body}throw new Error('here') }\n`

describe.each(nodeMajors)('a stack trace on Node %s', (node) => {
  it.each([
    ['in line 1', thrower('export default () => { '), '1:30'],
    ['after a hashbang', thrower('#!/usr/bin/env node\nexport default () => { '), '2:30'],
    [
      'in line 1 of a module that reads import.meta further down',
      thrower('export default () => { ').concat('import.meta.hot?.accept'),
      undefined,
    ],
    [
      'below imports of a module that reads import.meta',
      thrower(
        "import 'node:fs'\nimport 'node:path'\n\nimport.meta.hot?.dispose(() => {})\nexport default () => { ",
      ),
      '5:30',
    ],
    [
      'after a hashbang in a module that reads import.meta',
      thrower('#!/usr/bin/env node\nconst { url } = import.meta\nexport default () => { '),
      '3:30',
    ],
    [
      'under a comment in a module that reads import.meta',
      thrower('// A license\nexport default () => { void import.meta.url; '),
      '2:52',
    ],
  ])(
    'has file, line and column of the disk %s, in the first version and the next',
    async (_, source, expected) => {
      const { app, stacks } = await stacksOf(
        { 'server.js': serverImporting('./app.js'), 'app.js': source },
        ['app.js', `${source}\n// changed`],
        { node },
      )
      for (const stack of stacks) {
        expect(stack).toContain('Error: here')
        // What reads import.meta in line 1 has the statement that gives it `hot` in front of it.
        if (expected) expect(place(stack, app.path('app.js'))).toBe(expected)
        else expect(place(stack, app.path('app.js'))).toMatch(/^1:/)
        expect(stack).not.toContain('hot-hook=')
      }
      expect(
        app.stderr.split('\n').filter((line) => !line.startsWith('[hot-hook] app.js')),
      ).toEqual([''])
    },
  )

  it('is clean in the modules below a boundary, with source maps on or off', async () => {
    const model = (version: number) =>
      `interface Version { version: number }\nexport function fail({ version }: Version): never {
  throw new Error('version ' + version + ' ${version}')
}`
    for (const sourceMaps of [[], ['--enable-source-maps']]) {
      const { app, stacks } = await stacksOf(
        {
          'server.js': serverImporting('./app.ts'),
          'app.ts': `import { fail } from './model.ts'
export default (_: unknown, response: any) => { fail({ version: 1 }) }`,
          'model.ts': model(1),
        },
        ['model.ts', model(2)],
        { node, nodeArguments: [...sourceMaps, '--import', 'hot-hook/register'] },
      )
      for (const [index, stack] of stacks.entries()) {
        expect(stack).toContain(`Error: version 1 ${index + 1}`)
        expect(place(stack, app.path('model.ts'))).toBe('3:9')
        expect(place(stack, app.path('app.ts'))).toBe('2:49')
        expect(stack).not.toContain('hot-hook=')
      }
    }
  })

  it('import.meta.url, filename and dirname of a new version are those of the file', async () => {
    const source = (version: number) => `export default (_, response) => response.end(
      [${version}, import.meta.url, import.meta.filename, import.meta.dirname,
        import.meta.resolve('./other.js')].join(' '))`
    const { app, stacks } = await stacksOf(
      { 'server.js': serverImporting('./app.js'), 'app.js': source(1), 'other.js': '' },
      ['app.js', source(2)],
      { node },
    )
    const url = (file: string) => `file://${app.path(file)}`
    for (const [index, text] of stacks.entries()) {
      expect(text.split(' ')).toEqual([
        String(index + 1),
        url('app.js'),
        app.path('app.js'),
        app.directory,
        url('other.js'),
      ])
    }
  })

  it('import.meta.resolve() gives the clean URL of a module that was imported and has changed', async () => {
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `export default async (_, response) => {
          const { value } = await import('./lazy.js')
          response.end(value + ' ' + import.meta.resolve('./lazy.js'))
        }`,
        'lazy.js': 'export const value = 1',
      },
      { node },
    ).start()
    const url = `file://${app.path('lazy.js')}`
    expect(await app.get()).toBe(`1 ${url}`)
    app.save('lazy.js', 'export const value = 2')
    expect(await app.get()).toBe(`2 ${url}`)
    expect(await app.get()).toBe(`2 ${url}`)
  })
})
