import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const assembler = new URL('../../../node_modules/adonisjs-assembler-8/', import.meta.url)
const { resolve } = createRequire(realpathSync(fileURLToPath(new URL('package.json', assembler))))
/** AdonisJS's dev server watches with chokidar 5. */
const { watch }: typeof import('chokidar') = await import(pathToFileURL(resolve('chokidar')).href)

/** How the runner says that it is the parent. */
const asRunner = { HOT_RUNNER: String(process.pid) }

describe.each(nodeMajors)('a parent process on Node %s', (node) => {
  it('keeps no process alive that has nothing else to do', async () => {
    const app = new App({ 'server.js': "console.log('done')" }, { node, hasParent: true }).start()
    expect(await app.exit()).toBe(0)
  })

  it("leaves a process alive that waits for its parent's messages", async () => {
    const app = new App(
      {
        'server.js':
          "process.once('message', (text) => { console.log('got ' + text) }); console.log('waiting')",
      },
      { node, hasParent: true, env: asRunner },
    ).start()
    await app.output('waiting')
    await app.message('hot-hook:loaded')
    expect(app.child.exitCode).toBe(null)
    app.child.send('hello')
    expect(await app.exit()).toBe(0)
    expect(app.stdout).toContain('got hello')
  })

  it('takes its word for what changed, and names the saved file first', async () => {
    const app = new App(
      {
        'server.js': `
process.on('message', async (text) => {
  if (text === 'ask') process.send({ type: 'answer', text: (await import('./app.js')).default })
})
// Start-up is over then.
setTimeout(() => setTimeout(() => process.send({ type: 'ready' })))`,
        'app.js': "import { name } from './name.js'; export default 'app ' + name",
        'name.js': "export const name = 'one'",
      },
      { node, hasParent: true, env: { HOT_HOOK_WATCH: 'false' } },
    ).start()
    await app.message('ready')
    app.child.send('ask')
    await app.until('an answer', () => app.messages.some(({ text }) => text === 'app one'))
    app.save('name.js', "export const name = 'two'")
    app.child.send({ type: 'hot-hook:file-changed', path: app.path('name.js'), action: 'change' })
    const { paths } = await app.message('hot-hook:invalidated')
    expect(paths).toEqual([app.path('name.js'), app.path('app.js')])
    app.child.send('ask')
    await app.until('a new answer', () => app.messages.some(({ text }) => text === 'app two'))
  })

  it('loses no save that its watcher keeps to itself: chokidar 5 tells one change in 50 ms', async () => {
    const app = new App(
      {
        'server.js': "import './routes.js'; setInterval(() => {}, 1e9); console.log('started')",
        'routes.js': '',
      },
      { node, hasParent: true, env: { HOT_HOOK_WATCH: 'false' } },
    ).start()
    await app.output('started')
    const watcher = watch(['routes.js'], { cwd: app.directory, ignoreInitial: true })
    onTestFinished(() => watcher.close())
    watcher.on('change', (path) =>
      app.child.send({ type: 'hot-hook:file-changed', path, action: 'change' }),
    )
    await new Promise<void>((resolve) => watcher.on('ready', resolve))
    for (const round of [1, 2, 3]) {
      const reports = () => app.stderr.split('routes.js could not be loaded').length - 1
      const reloads = () => app.messages.filter(({ type }) => type === 'hot-hook:full-reload')
      app.save('routes.js', `const = ${round}`)
      await app.until(`report ${round}`, () => reports() === round)
      app.save('routes.js', `// good ${round}`)
      await app.until(`full reload ${round}`, () => reloads().length === round)
    }
  })

  it.each<[string, Record<string, string>, string[]]>([
    ['is told of two things, as 1.x did it', {}, []],
    [
      'is told the rest when it is the runner',
      asRunner,
      ['hot-hook:failed', 'hot-hook:loaded', 'hot-hook:updated'],
    ],
  ])('%s', async (_, env, more) => {
    const app = new App(
      {
        'server.js': `import './static.js'
process.on('message', async () => process.send({ type: 'answer', text: (await import('./app.js')).default }))
process.send({ type: 'ready' })`,
        'static.js': '',
        'app.js': "export default 'one'",
      },
      { node, hasParent: true, env },
    ).start()
    const answered = (text: string) =>
      app.until(text, () => app.messages.some((message) => message.text === text))
    await app.message('ready')
    app.child.send('ask')
    await answered('one')
    for (const text of ['two', 'three', 'four']) {
      app.save('app.js', `export default '${text}'`)
      app.child.send('ask')
      await answered(text)
    }
    app.save('app.js', 'export default')
    app.child.send('ask')
    await app.output('app.js could not be loaded')
    app.save('app.js', "export default 'five'")
    app.child.send('ask')
    await answered('five')
    app.save('static.js', '// saved')
    await app.message('hot-hook:full-reload')
    // What is loaded is told a moment later, all at once.
    for (const type of more) await app.message(type)
    const types = new Set(app.messages.map(({ type }) => type))
    const expected = ['answer', 'hot-hook:full-reload', 'hot-hook:invalidated', 'ready', ...more]
    expect([...types].toSorted()).toEqual(expected.toSorted())
    for (const { type, path, paths } of app.messages) {
      if (!type.startsWith('hot-hook:') || more.includes(type)) continue
      expect(path ?? (paths as string[])[0]).toMatch(/^\/.+(app|static)\.js$/)
    }
  })

  it('gives modules in ignored packages their import.meta.hot', async () => {
    const app = new App(
      {
        'server.js':
          "import { hasHot } from 'container'; console.log('hot in container: ' + hasHot)",
        'node_modules/container/package.json':
          '{ "name": "container", "type": "module", "exports": "./index.js" }',
        'node_modules/container/index.js': "export const hasHot = 'hot' in import.meta",
      },
      { node },
    ).start()
    await app.output('hot in container: true')
  })
})
