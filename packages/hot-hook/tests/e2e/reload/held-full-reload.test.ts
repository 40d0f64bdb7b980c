import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { latestAnswer, ports } from '../../harness/restarts.ts'
import {
  commonjsServer as commonjs,
  esmServer as esm,
  listenAnywhere as listen,
} from '../../harness/servers.ts'

describe.each(nodeMajors)('a full reload, while a start could not be, on Node %s,', (node) => {
  it('holds back what else restarts, until it compiles', async () => {
    const app = new App(
      { 'server.js': `import './broken.js'\n${esm('up')}`, 'broken.js': '', '.env': 'A=1' },
      { node, hasParent: true },
    ).start()
    await app.port()
    app.save('broken.js', 'const = 1')
    await app.output('broken.js could not be loaded')
    app.save('.env', 'A=2')
    await app.output('.env changed: full reload as soon as broken.js can be loaded')
    expect(app.messages.filter((message) => message.type === 'hot-hook:full-reload')).toEqual([])
    app.save('broken.js', '// good')
    expect(await app.message('hot-hook:full-reload')).toMatchObject({
      path: app.path('broken.js'),
    })
  })

  it('waits for no broken file that what was saved does not import any more', async () => {
    const part = (imports: string) => `${imports}\nexport const value = 1`
    const app = new App(
      {
        'server.js': `import { value } from './part.js'\n${esm('up')}\nconsole.log(value)`,
        'part.js': part("import './broken.js'"),
        'broken.js': '',
      },
      { node, hasParent: true },
    ).start()
    await app.port()
    app.save('broken.js', 'const = 1')
    await app.output('broken.js could not be loaded')
    app.save('part.js', part(''))
    expect(await app.message('hot-hook:full-reload')).toMatchObject({ path: app.path('part.js') })
  })

  it('waits for a broken file that a helper, saved with it, imports while the program starts', async () => {
    const helper = (value: number) =>
      `export const boot = async () => (await import('./part.js')).value + ${value}`
    const app = new App(
      {
        'server.js': `import { boot } from './helper.js'\nawait boot()\n${esm('up')}`,
        'helper.js': helper(0),
        'part.js': 'export const value = 1',
      },
      { node, hasParent: true },
    ).start()
    await app.port()
    for (const save of [1, 2, 3]) {
      app.save('part.js', `const = ${save}`)
      await app.until('a broken file', () => app.stderr.split('part.js:1').length > save)
      app.save('helper.js', helper(save))
      await app.until('a reload that waits', () => {
        return app.stderr.split('as soon as part.js can be loaded').length > save
      })
      expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
    }
    app.save('part.js', 'export const value = 2')
    await app.message('hot-hook:full-reload')
  })

  it('waits for a broken file of the start that a request has asked for since', async () => {
    const server = (comment: string) => `import http from 'node:http' ${comment}
const part = () => import('./part.js')
part().then(() => http.createServer(async (_, response) => {
  try { response.end((await part()).value) } catch { response.end('broken') }
}).${listen})`
    const app = new App(
      { 'server.js': server(''), 'part.js': "export const value = 'good'" },
      { node, hasParent: true },
    ).start()
    const port = await app.port()
    await fetch(`http://127.0.0.1:${port}`)
    app.save('part.js', 'const = 1')
    await fetch(`http://127.0.0.1:${port}`)
    app.save('server.js', server('// saved'))
    await app.output('server.js changed: full reload as soon as part.js can be loaded')
    expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
    app.save('part.js', "export const value = 'better'")
    await app.message('hot-hook:full-reload')
  })

  it('waits for a broken file whose name another file gives to a helper that was saved', async () => {
    const helper = (comment: string) => `exports.load = (path) => require(path) ${comment}`
    const server = `require('./helper.js').load('./part.js')\n${commonjs('up')}`
    const app = new App(
      { 'server.js': server, 'helper.js': helper(''), 'part.js': '' },
      { node, hasParent: true, packageJson: { type: 'commonjs' } },
    ).start()
    await app.port()
    app.save('part.js', 'const = 1')
    await app.output('part.js could not be loaded')
    app.save('helper.js', helper('// saved'))
    await app.output('helper.js changed: full reload as soon as part.js can be loaded')
    expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
    app.save('part.js', '// good')
    await app.message('hot-hook:full-reload')
  })

  it.each(['server.js', 'other.js'])(
    'waits for %s, which is in the middle of a save',
    async (saved) => {
      const files = {
        'server.js': `import './part.js'\nimport './other.js'\n${esm('up')}`,
        'part.js': '',
        'other.js': '// other',
      }
      const app = new App(files, { node, hasParent: true }).start()
      await app.port()
      app.child.kill('SIGSTOP')
      app.remove(saved)
      app.save('part.js', '// saved')
      app.child.kill('SIGCONT')
      await app.output(`part.js changed: full reload as soon as ${saved} can be loaded`)
      app.save(saved, files[saved as keyof typeof files])
      await app.message('hot-hook:full-reload')
    },
  )

  it('holds back nothing that is saved with it when no start loads it', async () => {
    const server = (comment: string) => `${esm('up')} ${comment}
setTimeout(() => setTimeout(() => import('./lib.cjs').then(() => console.log('page'))))`
    const app = new App(
      { 'server.js': server(''), 'lib.cjs': "require('./page.js')", 'page.js': '' },
      { node, hasParent: true },
    ).start()
    await app.output('page')
    app.child.kill('SIGSTOP')
    app.save('page.js', 'const = 1')
    app.save('server.js', server('// saved'))
    app.child.kill('SIGCONT')
    expect(await app.message('hot-hook:full-reload')).toMatchObject({
      path: app.path('server.js'),
    })
  })

  it('waits for an entry that was deleted', async () => {
    const app = new App({ 'server.js': esm('up') }, { node }).start()
    await app.port()
    app.remove('server.js')
    await app.output('server.js could not be loaded; the old program runs on')
    expect(await latestAnswer(app)).toBe('up')
    app.save('server.js', esm('again'))
    await app.until('a start', () => ports(app).length === 2)
    expect(await latestAnswer(app)).toBe('again')
  })

  it('restarts although a boundary is broken, which no start loads', async () => {
    const app = new App(
      {
        'server.js': `${esm('up')}\nsetTimeout(() => setTimeout(() => import('./page.js').then(() => console.log('page'))))`,
        'page.js': '',
      },
      { node, hasParent: true },
    ).start()
    await app.output('page')
    app.save('page.js', 'const = 1')
    await app.message('hot-hook:invalidated')
    app.save('server.js', esm('new'))
    expect(await app.message('hot-hook:full-reload')).toMatchObject({
      path: app.path('server.js'),
    })
  })
})
