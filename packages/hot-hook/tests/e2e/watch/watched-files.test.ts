import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Story } from '../../harness/story.ts'
import { app, entry } from '../../harness/watching-module.ts'

describe('watch(path)', () => {
  it('is shown by hot.explain() and hot.dump(), the update names the file', async () => {
    const story = new Story({
      'server.js': `import './app.js'
import './other.js'
console.log('started')
process.on('message', async (file) => {
  const { outcome, boundaries, chain } = hot.explain(file)
  const known = (await hot.dump()).find(({ path }) => path === file)
  console.log('explained', JSON.stringify({ outcome, boundaries, chain, known }).replaceAll(process.cwd() + '/', ''))
})
hot.on('update', ({ files }) => console.log('files', files.join().replaceAll(process.cwd() + '/', '')))`,
      'app.js': app("'./query.sql'", "text('./query.sql')"),
      'other.js': "import.meta.hot.watch('./node_modules')",
      'query.sql': 'select 1',
    })
    await story.begin()
    const explain = async (file: string) => {
      story.child.send(file)
      const told = await story.tell(/^explained/)
      return JSON.parse(told.at(-1)?.slice('explained '.length) ?? '')
    }
    const known = { version: 0, dependencies: [], boundary: false }
    expect(await explain('query.sql')).toEqual({
      outcome: 'hot',
      boundaries: ['app.js'],
      chain: [],
      known: { ...known, path: 'query.sql', reloadable: true, dependents: ['app.js'] },
    })
    expect(await explain('node_modules')).toEqual({
      outcome: 'full-reload',
      boundaries: [],
      chain: ['node_modules', 'other.js', 'server.js'],
      known: { ...known, path: 'node_modules', reloadable: false, dependents: ['other.js'] },
    })
    for (const value of [2, 3, 4]) {
      const told = await story.change({ 'query.sql': `select ${value}` }, /^files/)
      expect(told.at(-1)).toBe('files query.sql')
    }
  })

  it('that reaches the entry is a full reload, whose path begins at the file', async () => {
    const story = new Story({
      'server.js': "import.meta.hot.watch('./query.sql')\nconsole.log('started')",
      'query.sql': 'select 1',
    })
    await story.begin()
    expect(await story.change({ 'query.sql': 'select 2' })).toEqual([
      '* full-reload query.sql server.js (it is the entry)',
    ])
  })

  it('of a file that matches "reload" is a full reload', async () => {
    const story = new Story({
      'server.js': entry,
      'app.js': app("'./.env'", "text('./.env')"),
      '.env': 'A=1',
    })
    await story.begin()
    expect(await story.change({ '.env': 'A=2' })).toEqual([
      '* full-reload .env (it matches "reload")',
    ])
  })

  it('lasts as long as the module asks for it', async () => {
    const watching = app("'./query.sql'", "text('./query.sql')")
    const story = new Story({ 'server.js': entry, 'app.js': watching, 'query.sql': '1' })
    await story.begin()
    const told = await story.change({ 'app.js': watching.replace('hot.watch', 'void ') })
    expect(told).toEqual(['> 1', '* update app.js'])
    story.save('query.sql', '2')
    expect(await story.change({ 'app.js': watching })).toEqual(['> 2', '* update app.js'])
    expect(await story.change({ 'query.sql': '3' })).toEqual(['> 3', '* update app.js'])
  })

  it('heals a module that threw because of the file', async () => {
    const story = new Story({
      'server.js': entry,
      'app.js': app("'./schema.json'", "JSON.parse(text('./schema.json')).value"),
      'schema.json': '{ "value": 1 }',
    })
    await story.begin()
    for (const value of [2, 3, 4]) {
      expect((await story.change({ 'schema.json': '{ "value"' })).at(-1)).toMatch(/^\* error evalu/)
      expect(await story.change({ 'schema.json': `{ "value": ${value} }` })).toEqual([
        `> ${value}`,
        '* update app.js',
      ])
    }
  })

  it('a file that is imported as well is both', async () => {
    const config = (value: number) => `export const value = ${value}`
    const story = new Story({
      'server.js': "import './config.js'\nimport './app.js'\nconsole.log('started')",
      'app.js': `import { value } from './config.js'\n${app("'./config.js'", "value, text('./config.js').length")}`,
      'config.js': `${config(1)}\nimport.meta.hot.accept()`,
    })
    await story.begin()
    for (const value of [2, 3, 4]) {
      const told = await story.change({ 'config.js': `${config(value)}\nimport.meta.hot.accept()` })
      expect(told.at(-1)).toBe('* update config.js')
    }
  })

  it('of bytes that are no text', async () => {
    const files = {
      'server.js': entry,
      'app.js': app("'./cert.der'", "readFileSync(file('./cert.der'))[0]"),
    }
    const story = new Story({ ...files, 'cert.der': '' })
    await story.begin()
    for (const byte of [0xfe, 0xff, 0xfd]) {
      writeFileSync(story.path('cert.der'), Buffer.from([byte]))
      expect(await story.tell()).toEqual([`> ${byte}`, '* update app.js'])
    }
  })

  it('an update that has nothing to do with the file does not name it', async () => {
    const story = new Story({
      'server.js': `globalThis.hot.on('update', ({ files }) =>
  console.log('files', files.map((file) => file.split('/').at(-1)).join()))
process.on('message', () => import('./view.js'))
// Start-up is over then.
setTimeout(() => setTimeout(() => console.log('started')))
import './other.js'`,
      'view.js': "import.meta.hot.watch('./view.html')\nconsole.log('view')",
      'other.js': 'import.meta.hot.accept()',
      'view.html': '1',
    })
    await story.begin()
    story.child.send('go')
    await story.tell(/^view/)
    for (const value of [2, 3, 4]) {
      story.save('view.html', `${value}`)
      await story.until(
        'stale view',
        () => story.messages.filter(({ type }) => type === 'hot-hook:invalidated')[(value - 2) * 2],
      )
      const other = await story.change(
        { 'other.js': `import.meta.hot.accept() // ${value}` },
        /^files/,
      )
      expect(other.at(-1)).toBe('files other.js')
      story.child.send('go')
      expect((await story.tell(/^files/)).at(-1)).toBe('files view.html')
    }
  })

  it('polling hears of it too', async () => {
    const story = new Story(
      {
        'server.js': `${entry}\nimport './list.js'`,
        'app.js': app("'./query.sql'", "text('./query.sql')"),
        'list.js': app("'./routes'", "entries('./routes')"),
        'query.sql': '1',
        'routes/a.sql': '1',
      },
      { env: { CHOKIDAR_USEPOLLING: '1' } },
    )
    await story.begin()
    for (const value of [2, 3, 4]) {
      expect(await story.change({ 'query.sql': `${value}` })).toEqual([
        `> ${value}`,
        '* update app.js',
      ])
      story.save(`routes/${value}/b.sql`, '1')
      expect((await story.tell()).at(-1)).toBe('* update list.js')
    }
    await story.output('> 2 3 4 a.sql')
  })

  it('a worker thread hears of its directory', async () => {
    const story = new Story({
      'server.js': `import { Worker } from 'node:worker_threads'
new Worker(new URL('./worker.js', import.meta.url))`,
      'worker.js': "import './app.js'\nconsole.log('started')\nsetInterval(() => {}, 1e9)",
      'app.js': app("'./routes'", "entries('./routes')"),
      'routes/a.sql': '1',
    })
    await story.begin()
    for (const name of ['b', 'c', 'd']) {
      story.save(`routes/${name}.sql`, '1')
      await story.output(new RegExp(`> a\\.sql .*${name}\\.sql`))
    }
  })

  it.each([
    ['undefined', 'expected a path or a file URL, got undefined'],
    ["''", 'expected a path or a file URL'],
    ["new URL('http://localhost/a')", 'expected a path or a file URL, got URL {'],
    ["'https://localhost/a'", 'expected a path or a file URL'],
  ])('%s is no path', async (given, problem) => {
    const story = new Story({
      'server.js': `try { import.meta.hot.watch(${given}) } catch (error) {
  console.log(error.message)
}
console.log('started')`,
    })
    const [message] = await story.begin()
    expect(message).toMatch(/^import\.meta\.hot\.watch\(\) in .*server\.js: /)
    expect(message).toContain(problem)
  })

  it('what is watched cannot be accepted: it is no import', async () => {
    const story = new Story({
      'server.js': `import.meta.hot.watch('./query.sql')
try { import.meta.hot.accept('./query.sql') } catch (error) { console.log(error.message) }
console.log('started')`,
      'query.sql': '1',
    })
    const [message] = await story.begin()
    expect(message).toContain('names "./query.sql", which it does not import')
  })
})
