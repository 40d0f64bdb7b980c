import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { App, type AppOptions } from '../../harness/app.ts'
import { type Editor, editors } from '../../harness/editors.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'
import { invalidations } from '../../harness/waiting-program.ts'

const model = (value: number) => `export const value = ${value}`
const server = `import http from 'node:http'
  const server = http.createServer(async (_, response) =>
    response.end(String((await import('./app.js')).value)))
  server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`
const files = {
  'server.js': server,
  'app.js': "import './beat.js'\nexport { value } from './src/model.js'",
  'src/model.js': model(0),
  'beat.js': '',
}

/** A server that has answered once, and tells what is saved. */
async function asked(options: AppOptions, more: Record<string, string> = {}): Promise<App> {
  const app = new App({ ...files, ...more }, { hasParent: true, ...options }).start()
  expect(await app.get()).toBe('0')
  return app
}

function save(editor: Editor, file: string, text: string): void {
  for (const _ of editor.save(file, text));
}

/** What is missing or empty for so long, in milliseconds, counts as deleted. */
const settleMs = 200

/**
 * Saves with a rest between any two system calls, in which all that was done before is heard of.
 *
 * @returns whether that went so fast that a file that was away is not taken for deleted
 */
async function saveSlowly(
  editor: Editor,
  file: string,
  text: string,
  rest: () => Promise<void>,
): Promise<boolean> {
  const startedAt = performance.now()
  for (const _ of editor.save(file, text)) await rest()
  return performance.now() - startedAt < settleMs
}

/** Waits until a save has been heard of, and so have those before it. */
async function beat(app: App): Promise<void> {
  const beats = () => invalidations(app).filter((names) => names.includes('beat.js')).length
  const before = beats()
  app.save('beat.js', `// ${before}`)
  await app.until('beat', () => beats() > before)
}

describe.each(nodeMajors)('on Node %s', (node) => {
  it('a save of any editor is one update, and each answer after it is new', async () => {
    const app = await asked({ node })
    const saved = () => invalidations(app).filter((names) => names !== 'beat.js app.js')
    let value = 0
    for (const editor of editors) {
      for (const _ of [1, 2, 3]) {
        value++
        save(editor, app.path('src/model.js'), model(value))
        expect(await app.get(), editor.name).toBe(String(value))
      }
      // As a formatter does that has nothing to do.
      save(editor, app.path('src/model.js'), model(value))
      await beat(app)
      expect(saved(), editor.name).toEqual(Array(value).fill('model.js app.js'))
    }
    expect(await app.get()).toBe(String(value))
    expect(app.stderr).not.toMatch(/could not|warning|full reload/)
  })

  it('a save of any editor is accepted once', async () => {
    const story = new Story(
      {
        'server.js': `import { value } from './src/model.js'
          import.meta.hot.accept('./src/model.js', () => console.log('accepted', value))
          console.log('started')`,
        'src/model.js': model(0),
      },
      { node },
    )
    await story.begin()
    let value = 0
    for (const editor of editors) {
      for (const _ of [1, 2, 3]) {
        value++
        save(editor, story.path('src/model.js'), model(value))
        expect(await story.tell(), editor.name).toEqual([
          `accepted ${value}`,
          '* update src/model.js',
        ])
        save(editor, story.path('src/model.js'), model(value))
      }
    }
  })

  it('an answer in the middle of a save is the old one or the new one', async () => {
    const app = await asked({ node })
    let value = 0
    for (const editor of editors) {
      await app.until(`a fast save of ${editor.name}`, async () => {
        value++
        const answers: string[] = []
        const rest = async () => {
          answers.push(await app.get())
        }
        const isFast = await saveSlowly(editor, app.path('src/model.js'), model(value), rest)
        await rest()
        expect(answers.at(-1), editor.name).toBe(String(value))
        const before = answers.lastIndexOf(String(value - 1)) + 1
        return isFast && answers.slice(before).every((answer) => answer === String(value))
      })
    }
  })

  it('what an editor writes beside a file is neither a reload file nor an entry of a directory', async () => {
    const watching = `import.meta.hot?.watch('./')\n${model(0)}`
    const app = await asked(
      { node, hotHook: { reload: ['config/**'] } },
      { 'config/app.yml': '0', 'src/model.js': watching, 'src/query.sql': '0' },
    )
    const reloads = () => app.messages.filter(({ type }) => type === 'hot-hook:full-reload')
    const entries = () => invalidations(app).filter((names) => names !== 'beat.js app.js')
    for (const editor of editors) {
      await app.until(`a fast save of ${editor.name}`, async () => {
        const before = reloads().length
        const text = String(before + 1)
        const isFast = await saveSlowly(editor, app.path('config/app.yml'), text, () => beat(app))
        await app.until('full reload', () => reloads().length > before)
        return isFast && reloads().length === before + 1
      })
      if (editor.name.startsWith('rsync') || editor.name.startsWith('cp, from')) continue
      await app.until(`a fast save beside it of ${editor.name}`, async () => {
        const before = entries().length
        const file = app.path('src/query.sql')
        // While the file itself is away it is no entry.
        const rest = async () => void (existsSync(file) && (await beat(app)))
        const isFast = await saveSlowly(editor, file, '1', rest)
        await beat(app)
        return isFast && entries().length === before
      })
    }
    expect(new Set(reloads().map(({ path }) => path))).toEqual(
      new Set([app.path('config/app.yml')]),
    )
  })
})
