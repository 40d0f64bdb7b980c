import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

/** A module that tells what happens to it, in front of `more`. */
const told = (name: string, value: number, more = '') => `export const value = ${value}
console.log('evaluate ${name} ${value}')
import.meta.hot.dispose(() => console.log('dispose ${name} ${value}'))
${more}`

describe.each(nodeMajors)('an update on Node %s', (node) => {
  it('disposes, evaluates, moves bindings, calls back and prunes, then there is one event', async () => {
    const app = (value: number, imports: string) =>
      told('app', value, `${imports}\nimport './dep.js'`)
    const story = new Story(
      {
        'server.js': `import { value } from './app.js'
import.meta.hot.accept('./app.js', async (next) => {
  console.log('callback', value, next.value)
  await new Promise((done) => setTimeout(done, 10))
  console.log('callback ended')
})
console.log('started')`,
        'app.js': app(1, "import './old.js'"),
        'dep.js': told('dep', 1),
        'old.js': `${told('old', 1)}\nimport.meta.hot.prune(() => console.log('prune old'))`,
        'new.js': told('new', 1),
      },
      { node },
    )
    await story.begin()
    const changed = { 'app.js': app(2, "import './new.js'"), 'dep.js': told('dep', 2) }
    expect(await story.change(changed)).toEqual([
      'dispose app 1',
      'dispose dep 1',
      'evaluate new 1',
      'evaluate dep 2',
      'evaluate app 2',
      'callback 2 2',
      'callback ended',
      'dispose old 1',
      'prune old',
      '* prune old.js',
      '* update app.js dep.js',
    ])
  })

  it('that does not compile disposes nothing, is reported once, and the next good save heals it', async () => {
    const story = new Story(
      {
        'server.js': "import './app.js'\nconsole.log('started')",
        'app.js': told('app', 1, "import './dep.js'\nimport.meta.hot.accept()"),
        'dep.js': told('dep', 1),
      },
      { node },
    )
    await story.begin()
    const broken = await story.change({ 'dep.js': 'export const value = ;\n' })
    expect(broken).toEqual([expect.stringMatching(/^\* error load .*: Unexpected token ';'/)])
    await story.output(`${story.path('dep.js')}:1`)
    expect(await story.change({ 'dep.js': told('dep', 3) })).toEqual([
      'dispose app 1',
      'dispose dep 1',
      'evaluate dep 3',
      'evaluate app 1',
      '* update app.js dep.js',
    ])
    expect(story.stderr.match(/SyntaxError/g)).toHaveLength(1)
  })

  it('waits for no broken module that what was saved does not import any more', async () => {
    const part = (value: number, imports = '') => `${imports}\nexport const value = ${value}`
    const story = new Story(
      {
        'server.js': `import { value } from './part.js'
import.meta.hot.accept('./part.js', () => console.log('accepted', value))
console.log('started')`,
        'part.js': part(1, "import './broken.js'"),
        'broken.js': 'import.meta.hot.accept()',
      },
      { node },
    )
    await story.begin()
    await story.change({ 'part.js': part(2), 'broken.js': 'const = 1' })
    for (const value of [3, 4, 5]) {
      expect(await story.change({ 'part.js': part(value) })).toContain(`accepted ${value}`)
    }
  })

  it('in which an importer uses a name that is gone disposes nothing', async () => {
    const story = new Story(
      {
        'server.js': `import { value } from './dep.js'
import.meta.hot.accept('./dep.js', () => console.log('accepted', value))
console.log('started')
process.on('message', () => console.log('still', value))`,
        'dep.js': told('dep', 1),
      },
      { node },
    )
    await story.begin()
    expect(await story.change({ 'dep.js': "console.log('no value')" })).toEqual([
      expect.stringMatching(/^\* error load dep\.js: .*does not provide an export named 'value'/),
    ])
    story.child.send('show')
    expect(await story.tell(/^still/)).toEqual(['still 1'])
    await story.output(/SyntaxError: .*does not provide/)
    expect(story.stderr.match(/does not provide/g)).toHaveLength(1)
    expect(story.stderr).not.toContain('hot-hook=')
    expect(await story.change({ 'dep.js': told('dep', 3) })).toEqual([
      'dispose dep 1',
      'evaluate dep 3',
      'accepted 3',
      '* update dep.js',
    ])
  })

  it('in which a reloaded importer uses a name that is gone disposes nothing', async () => {
    const app = "import { value } from './dep.js'\nconsole.log('app', value)"
    const story = new Story(
      {
        'server.js':
          "import './app.js'\nimport.meta.hot.accept('./app.js')\nconsole.log('started')",
        'app.js': app,
        'dep.js': told('dep', 1),
      },
      { node },
    )
    await story.begin()
    expect(await story.change({ 'dep.js': 'export const other = 2' })).toEqual([
      expect.stringMatching(/^\* error load .*does not provide an export named 'value'/),
    ])
    const healed = app.replaceAll('value', 'other')
    expect(await story.change({ 'app.js': healed })).toEqual([
      'dispose dep 1',
      'app 2',
      '* update app.js dep.js',
    ])
  })

  it('that imports a missing file is tried again when it appears', async () => {
    const story = new Story(
      {
        'server.js':
          "import './app.js'\nimport.meta.hot.accept('./app.js')\nconsole.log('started')",
        'app.js': told('app', 1),
      },
      { node },
    )
    await story.begin()
    const missing = await story.change({ 'app.js': told('app', 2, "import './lib/missing.js'") })
    expect(missing).toEqual([expect.stringMatching(/^\* error load app\.js: Cannot find module/)])
    expect(await story.change({ 'lib/missing.js': told('missing', 1) })).toEqual([
      'dispose app 1',
      'evaluate missing 1',
      'evaluate app 2',
      '* update app.js',
    ])
  })

  it('that throws keeps bindings and callbacks where they were; the next save tries again', async () => {
    const story = new Story(
      {
        'server.js': `import { value } from './dep.js'
import.meta.hot.accept('./dep.js', () => console.log('accepted', value))
process.on('message', () => console.log('still', value))
console.log('started')`,
        'dep.js': told('dep', 1, "import './deep.js'"),
        'deep.js': told('deep', 1),
      },
      { node },
    )
    await story.begin()
    expect(await story.change({ 'deep.js': told('deep', 2, "throw new Error('boom')") })).toEqual([
      'dispose dep 1',
      'dispose deep 1',
      'evaluate deep 2',
      '* error evaluate deep.js: boom',
    ])
    await story.output(/at file:\/\/\S+deep\.js:4:7/)
    story.child.send('show')
    expect(await story.tell(/^still/)).toEqual(['still 1'])
    // The other file that is involved: what has failed is loaded again with it.
    expect(await story.change({ 'dep.js': told('dep', 3, "import './deep.js'") })).toEqual([
      'dispose deep 2',
      'evaluate deep 2',
      '* error evaluate deep.js: boom',
    ])
    expect(await story.change({ 'deep.js': told('deep', 4) })).toEqual([
      'dispose deep 2',
      'evaluate deep 4',
      'evaluate dep 3',
      'accepted 3',
      '* update deep.js dep.js',
    ])
  })
})
