import { renameSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'
import { app, entry } from '../../harness/watching-module.ts'

describe.each(nodeMajors)('watch(path) on Node %s', (node) => {
  it.each([
    ['a relative path', "'./sql/query.sql'"],
    ['a file URL', "new URL('./sql/query.sql', import.meta.url)"],
    ['the text of one', "import.meta.resolve('./sql/query.sql')"],
  ])('%s: a change of the file is a change of the module', async (_, path) => {
    const files = { 'server.js': entry, 'app.js': app(path, "text('./sql/query.sql')") }
    const story = new Story({ ...files, 'sql/query.sql': 'select 1' }, { node })
    expect(await story.begin()).toEqual(['> select 1', 'started'])
    for (const value of [2, 3, 4]) {
      const told = await story.change({ 'sql/query.sql': `select ${value}` })
      expect(told).toEqual([`> select ${value}`, '* update app.js'])
    }
    await story.output(/sql\/query\.sql changed: 1 module reloaded/)
  })

  it('of a dependency that its importer accepts, and of CommonJS', async () => {
    const story = new Story(
      {
        'server.js': `import { sql } from './dep.js'
import.meta.hot.accept('./dep.js', () => console.log('accepted', sql))
import './app.cjs'
console.log('started')`,
        'dep.js': `import { readFileSync } from 'node:fs'
import.meta.hot.watch('./query.sql')
export const sql = readFileSync(new URL('./query.sql', import.meta.url), 'utf8')`,
        'app.cjs': `module.hot.watch('./template.html')
console.log('>', require('node:fs').readFileSync(__dirname + '/template.html', 'utf8'))
module.hot.accept()`,
        'query.sql': 'select 1',
        'template.html': 'page 1',
      },
      { node },
    )
    await story.begin()
    for (const value of [2, 3, 4]) {
      expect(await story.change({ 'query.sql': `select ${value}` })).toEqual([
        `accepted select ${value}`,
        '* update dep.js',
      ])
      expect(await story.change({ 'template.html': `page ${value}` })).toEqual([
        `> page ${value}`,
        '* update app.cjs',
      ])
    }
  })

  it.each([
    [
      'an ES module',
      {
        'view.js': `import { readFileSync } from 'node:fs'
import.meta.hot.watch('./view.html')
export const html = readFileSync(new URL('./view.html', import.meta.url), 'utf8')`,
      },
    ],
    [
      'CommonJS',
      {
        'view.js': "export { html } from './view.cjs'",
        'view.cjs': `module.hot.watch('./view.html')
exports.html = require('node:fs').readFileSync(__dirname + '/view.html', 'utf8')`,
      },
    ],
  ])('under a boundary a request after a save has the new file: %s', async (_, files) => {
    const running = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js':
          "import { html } from './view.js'\nexport default (_, response) => response.end(html)",
        'view.html': 'page 1',
        ...files,
      },
      { node },
    ).start()
    expect(await running.get()).toBe('page 1')
    for (const value of [2, 3, 4]) {
      running.save('view.html', `page ${value}`)
      expect(await running.get()).toBe(`page ${value}`)
    }
  })

  it('entries of a directory that come and go', async () => {
    const files = { 'server.js': entry, 'app.js': app("'./routes/'", "entries('./routes')") }
    const story = new Story({ ...files, 'routes/a.sql': '1' }, { node })
    expect(await story.begin()).toEqual(['> a.sql', 'started'])
    expect(await story.change({ 'routes/b.sql': '1' })).toEqual([
      '> a.sql b.sql',
      '* update app.js',
    ])
    // What is in an entry is none of it.
    story.save('routes/b.sql', '2')
    story.save('routes/deep/c.sql', '1')
    expect(await story.tell()).toEqual(['> a.sql b.sql deep', '* update app.js'])
    story.save('routes/deep/d.sql', '1')
    story.remove('routes/a.sql')
    expect(await story.tell()).toEqual(['> b.sql deep', '* update app.js'])
    renameSync(story.path('routes'), story.path('away'))
    expect(await story.tell()).toEqual(['> nothing', '* update app.js'])
    story.save('routes/e.sql', '1')
    expect((await story.tell()).at(-1)).toBe('* update app.js')
    await story.change({ 'routes/f.sql': '1' })
    await story.output('> e.sql f.sql')
  })

  it('a file and a directory that do not exist yet', async () => {
    const story = new Story(
      {
        'server.js': `${entry}\nimport './list.js'`,
        'app.js': app("'./later/query.sql'", "text('./later/query.sql')"),
        'list.js': app("'./more/routes'", "entries('./more/routes')"),
      },
      { node },
    )
    expect(await story.begin()).toEqual(['> nothing', '> nothing', 'started'])
    story.save('later/query.sql', 'select 1')
    expect(await story.tell()).toEqual(['> select 1', '* update app.js'])
    expect(await story.change({ 'later/query.sql': 'select 2' })).toEqual([
      '> select 2',
      '* update app.js',
    ])
    story.remove('later')
    expect(await story.tell()).toEqual(['> nothing', '* update app.js'])
    story.save('later/query.sql', 'select 3')
    expect(await story.tell()).toEqual(['> select 3', '* update app.js'])
    for (const name of ['a', 'b', 'c']) {
      story.save(`more/routes/${name}.sql`, '1')
      await story.tell(/^\* update list\.js/)
    }
    await story.output('> a.sql b.sql c.sql')
  })
})
