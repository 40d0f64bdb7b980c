import { existsSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { App, type AppOptions } from '../../harness/app.ts'
import { type Editor, editors } from '../../harness/editors.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'
import { invalidations } from '../../harness/waiting-program.ts'

const model = (value: number) => `export const value = ${value}`
const server = `import http from 'node:http'
  const server = http.createServer(async (_, response) =>
    response.end(await import('./app.js').then(({ value }) => String(value), String)))
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

/** What is missing or empty for so long, in milliseconds, counts as deleted. */
const settleMs = 200

/**
 * Saves, with a rest after each step.
 *
 * @returns whether the file was never away for so long that it counts as deleted: a busy machine can stop
 *   this process in between
 */
async function saveSlowly(
  editor: Editor,
  file: string,
  text: string,
  rest: (isThere: boolean) => Promise<void> | undefined,
): Promise<boolean> {
  let seenAt = performance.now()
  let longest = 0
  const look = () => {
    const isThere = existsSync(file) && statSync(file).size > 0
    if (isThere) longest = Math.max(longest, performance.now() - seenAt)
    return isThere
  }
  for (const _ of editor.save(file, text)) {
    const isThere = look()
    await rest(isThere)
    if (isThere) seenAt = performance.now()
  }
  look()
  return longest < settleMs
}

/** Saves, one system call after the other. */
function save(editor: Editor, file: string, text: string): Promise<boolean> {
  return saveSlowly(editor, file, text, () => undefined)
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
      const before = saved().length
      let isFast = true
      for (const _ of [1, 2, 3]) {
        value++
        isFast = (await save(editor, app.path('src/model.js'), model(value))) && isFast
        expect(await app.get(), editor.name).toBe(String(value))
      }
      // As a formatter does that has nothing to do.
      isFast = (await save(editor, app.path('src/model.js'), model(value))) && isFast
      await beat(app)
      if (isFast)
        expect(saved().slice(before), editor.name).toEqual(Array(3).fill('model.js app.js'))
    }
    expect(await app.get()).toBe(String(value))
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
      let isFast = true
      for (const _ of [1, 2, 3]) {
        value++
        isFast = (await save(editor, story.path('src/model.js'), model(value))) && isFast
        const told = await story.tell(new RegExp(`^accepted ${value}`))
        if (isFast) expect(told, editor.name).toEqual([`accepted ${value}`])
        const updated = await story.tell(/^\* update/)
        if (isFast) expect(updated, editor.name).toEqual(['* update src/model.js'])
        isFast = (await save(editor, story.path('src/model.js'), model(value))) && isFast
      }
    }
  })

  it('an answer in the middle of a save is the old one or the new one', async () => {
    const app = await asked({ node })
    let value = 0
    for (const editor of editors) {
      // Where none of these is fast enough the machine is too busy to tell.
      for (const _ of [1, 2, 3]) {
        value++
        const known = [value - 1, value].map(String)
        const answers: string[] = []
        const isFast = await saveSlowly(
          editor,
          app.path('src/model.js'),
          model(value),
          async () => {
            answers.push(await app.get())
          },
        )
        expect(await app.get(), editor.name).toBe(String(value))
        if (!isFast) continue
        const firstNew = answers.indexOf(String(value))
        const afterNew = firstNew < 0 ? [] : answers.slice(firstNew)
        expect(
          answers.filter((answer) => !known.includes(answer)),
          editor.name,
        ).toEqual([])
        expect(new Set(afterNew).size, editor.name).toBeLessThanOrEqual(1)
        break
      }
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
    // While the file itself is away it is no entry of a directory, and a `reload` file that is missing.
    const rest = (isThere: boolean) => (isThere ? beat(app) : undefined)
    for (const [index, editor] of editors.entries()) {
      const before = { reloads: reloads().length, entries: entries().length }
      const startedAt = performance.now()
      await saveSlowly(editor, app.path('config/app.yml'), `a: ${index}`, rest)
      const tookMs = performance.now() - startedAt
      const isTold = () =>
        reloads().some(
          ({ path }, at) => at >= before.reloads && path === app.path('config/app.yml'),
        )
      await app.until('full reload', isTold)
      await beat(app)
      // What is there for longer is there to stay.
      if (tookMs < settleMs) expect(reloads(), editor.name).toHaveLength(before.reloads + 1)
      // Those names are known of nobody else.
      if (editor.name.startsWith('rsync') || editor.name.startsWith('cp, from')) continue
      let wasAway = false
      await saveSlowly(editor, app.path('src/query.sql'), `${index}`, (isThere) => {
        if (!existsSync(app.path('src/query.sql'))) wasAway = true
        return rest(isThere)
      })
      await beat(app)
      if (!wasAway) expect(entries(), editor.name).toHaveLength(before.entries)
    }
  })
})
