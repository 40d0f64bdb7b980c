import { mkdirSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { nodeBinary, nodes } from './support/packages.ts'
import type { Project } from './support/project.ts'
import { Session } from './support/session.ts'
import { followed, packageFiles, waiting } from './support/waiting.ts'

const entry = (version: string, extra = '') => `import http from 'node:http'
import { word } from 'pack'
import { own } from './own.js'
${extra}
http.createServer((_, response) => response.end([word(), own, process.env.FROM_FILE].join(' ')))
  .listen(process.env.PORT, () => console.log('up ${version} ' + process.pid))`
const pack = (word: string) => `import fs from 'node:fs'
const read = fs.existsSync('.env') ? fs.readFileSync('.env', 'utf8').trim() : 'none'
const setting = JSON.parse(fs.readFileSync(new URL('../../settings.json', import.meta.url))).setting
export const word = () => ['${word}', read, setting].join(' ')`
const files = {
  'package.json': '{ "type": "module", "version": "1.0.0" }',
  'package-lock.json': '{}',
  '.env': 'one',
  'settings.json': '{ "setting": "set" }',
  'variables.env': 'FROM_FILE=file',
  'server.js': entry('v1'),
  'own.js': `export const own = 'own'`,
  ...packageFiles('pack', pack('pack')),
}

describe.each(nodes)('on Node %s', (node) => {
  const settings = { ...followed, node: nodeBinary(node) }
  const args = ['--env-file=variables.env', 'server.js']

  const changes: [string, (project: Project) => void, string][] = [
    [
      'an environment file',
      (p) => p.save('variables.env', 'FROM_FILE=new'),
      'pack one set own new',
    ],
    ['the lockfile', (p) => p.save('package-lock.json', '{ "a": 1 }'), 'pack one set own file'],
    ['node_modules', (p) => mkdirSync(p.path('node_modules/other')), 'pack one set own file'],
    [
      'package.json',
      (p) => p.save('package.json', '{ "type": "module", "version": "1.0.1" }'),
      'pack one set own file',
    ],
    [
      'a file of a package',
      (p) => p.save('node_modules/pack/index.js', pack('new')),
      'new one set own file',
    ],
    [
      'what a package has read',
      (p) => p.save('settings.json', '{ "setting": "new" }'),
      'pack one new own file',
    ],
    ['what a package has looked for', (p) => p.save('.env.local', ''), 'pack one set own file'],
  ]
  test.for(changes)(
    'with %s changed since it was started, it is not used',
    async ([, change, answer]) => {
      await using session = new Session(files)
      await session.run(args, settings)
      await session.see('up v1')
      expect(await session.get()).toBe('pack one set own file')
      const { pid, packages } = await waiting(session)
      expect(packages).toBe(1)
      change(session.project)
      session.project.save('server.js', entry('v2'))
      const [, used] = await session.see(/up v\d (\d+)/)
      expect(used).not.toBe(pid)
      expect(session.output).toContain(`process ${pid} is not used`)
      // Some of these files restart the script themselves.
      if (session.count('up v2') === 0) await session.see('up v2')
      expect(await session.get()).toBe(answer)
    },
  )

  test.for([
    {
      script: 'server.js',
      imports: `import http from 'node:http'
import lazy from 'lazy'
import { Module } from 'node:module'`,
    },
    {
      script: 'server.cjs',
      imports: `const http = require('node:http')
const lazy = require('./own.cjs')
const { Module } = require('node:module')`,
    },
  ])(
    'what packages of $script will require is found and not run, and looked for again after a change',
    async ({ script, imports }) => {
      const late = 'node_modules/lazy/late'
      const entry = (version: string) => `${imports}
const isFound = Object.values(Module._pathCache).some((file) => file.includes('later'))
http.createServer((_, response) => response.end([isFound, globalThis.early, lazy()].join(' ')))
  .listen(process.env.PORT, () => console.log('up ${version} ' + process.pid))`
      await using session = new Session({
        [script]: entry('v1'),
        'own.cjs': `module.exports = require('lazy')`,
        ...packageFiles('lazy', `module.exports = () => require('./late')`, 'commonjs'),
        [`${late}/index.js`]: `globalThis.early = 'early'; module.exports = require('./later')`,
        [`${late}/later.js`]: `module.exports = 'index'`,
      })
      await session.run([script], settings)
      await session.see('up v1')
      expect(await session.get()).toBe('false  index')
      const { pid } = await waiting(session)
      session.project.save(script, entry('v2'))
      await session.see(`up v2 ${pid}`)
      expect(await session.get()).toBe('true  index')
      await waiting(session)
      session.project.save(`${late}.js`, `module.exports = 'file'`)
      session.project.save(script, entry('v3'))
      await session.see('up v3')
      expect(session.output).toMatch(/is not used: .*lazy has changed/)
      expect(await session.get()).toBe('false  file')
    },
  )

  test('what is found of a package of the workspace is found again', async () => {
    const entry = (version: string) => `const http = require('node:http')
const word = require('lib')
http.createServer((_, response) => response.end(word))
  .listen(process.env.PORT, () => console.log('up ${version} ' + process.pid))`
    const main = (file: string) => JSON.stringify({ name: 'lib', main: file })
    await using session = new Session({
      'app/server.cjs': entry('v1'),
      'lib/package.json': main('./old.js'),
      'lib/old.js': `module.exports = 'old'`,
    })
    mkdirSync(session.project.path('app/node_modules'), { recursive: true })
    symlinkSync('../../lib', session.project.path('app/node_modules/lib'))
    await session.run(['app/server.cjs'], settings)
    await session.see('up v1')
    expect(await session.get()).toBe('old')
    await waiting(session)
    session.project.save('lib/new.js', `module.exports = 'new'`)
    session.project.save('lib/package.json', main('./new.js'))
    session.project.save('app/server.cjs', entry('v2'))
    await session.see('up v2')
    expect(await session.get()).toBe('new')
    // Without another package.json the directory alone says it.
    await waiting(session)
    session.project.removeFile('lib/new.js')
    session.project.save('lib/index.js', `module.exports = 'index'`)
    session.project.save('app/server.cjs', entry('v3'))
    await session.see('up v3')
    expect(await session.get()).toBe('index')
  })

  test('a reload file that was saved may have been read by a package: it is not used', async () => {
    await using session = new Session(files)
    await session.run(args, settings)
    await session.see('up v1')
    const { pid } = await waiting(session)
    session.project.save('.env', 'two')
    await session.see(/\.env was saved/)
    const [, used] = await session.see(/up v1 (\d+)/)
    expect(used).not.toBe(pid)
    expect(await session.get()).toBe('pack two set own file')
  })

  test('what was saved of the program itself is new in it', async () => {
    await using session = new Session(files)
    await session.run(args, settings)
    await session.see('up v1')
    const { pid } = await waiting(session)
    session.project.save('own.js', `export const own = 'new'`)
    await session.see(`up v1 ${pid}`)
    expect(await session.get()).toBe('pack one set new file')
    const next = await waiting(session)
    session.project.save('added.js', `export const added = process.env.FROM_FILE = 'added'`)
    session.project.save('server.js', entry('v2', `import './added.js'`))
    await session.see(`up v2 ${next.pid}`)
    expect(await session.get()).toBe('pack one set new added')
  })

  test('a program that cannot be linked now can be when it is mended', async () => {
    await using session = new Session(files)
    await session.run(args, settings)
    await session.see('up v1')
    // The full reload waits for it, and so does the next process.
    session.project.save('own.js', `export const own = `)
    await session.see(/own\.js/)
    session.project.save('own.js', `export const own = 'mended'`)
    await session.see('up v1')
    expect(await session.get()).toBe('pack one set mended file')
    const { pid } = await waiting(session)
    session.project.save('server.js', entry('v2'))
    await session.see(`up v2 ${pid}`)
  })
})
