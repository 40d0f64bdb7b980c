import { describe, expect, test } from 'vitest'
import { nodeBinary, nodes } from './support/packages.ts'
import { Session } from './support/session.ts'
import { followed, packageFiles, waiting } from './support/waiting.ts'

/** A module that says when it is evaluated. */
const noting = (name: string, ...before: string[]) =>
  [...before, `;(globalThis.order ??= []).push('${name}')`].join('\n')
const entry = (version: string, ...imports: string[]) => `import http from 'node:http'
${imports.join('\n')}
http.createServer((_, response) => response.end(globalThis.order.join(' ')))
  .listen(process.env.PORT, () => console.log('up ${version} ' + process.pid))`
const commonJs = (name: string, ...before: string[]) =>
  packageFiles(name, noting(name, ...before), 'commonjs')

describe.each(nodes)('on Node %s', (node) => {
  const settings = { ...followed, node: nodeBinary(node) }

  test('packages and modules are evaluated in the order of a start that nobody has prepared', async () => {
    const imports = [`import 'a'`, `import './one.js'`, `import 'late'`]
    await using session = new Session({
      'server.js': entry('v1', ...imports),
      'one.js': noting('one', `import './two.js'`, `import 'later'`),
      'two.js': noting('two', `import 'b'`, `import 'c'`, `import './three.js'`, `import 'not'`),
      'three.js': noting('three', `import 'd'`, `import './server.js'`, `import 'a'`),
      ...packageFiles('a', noting('a', `import 'inner'`)),
      ...packageFiles('inner', noting('inner')),
      ...commonJs('b', `require('inner-b')`),
      ...commonJs('inner-b'),
      ...packageFiles('c', noting('c', `import 'b'`)),
      ...commonJs('d'),
      ...commonJs('late'),
      ...commonJs('later'),
      ...commonJs('not'),
    })
    await session.run(['server.js'], settings)
    await session.see('up v1')
    const order = 'inner a inner-b b c d three not two later one late'
    expect(await session.get()).toBe(order)
    const { pid, packages } = await waiting(session)
    // Those that come before `three`, and not one more.
    expect(packages).toBe(4)
    session.project.save('server.js', entry('v2', ...imports))
    await session.see(`up v2 ${pid}`)
    expect(await session.get()).toBe(order)
  })

  test('a script that is an ES module by its syntax alone has its packages loaded, in its order', async () => {
    const imports = [`import 'a'`, `import './own.js'`, `import 'b'`]
    await using session = new Session({
      'package.json': '{}',
      'server.js': entry('v1', ...imports),
      'own.js': noting('own', 'export {}'),
      ...packageFiles('a', noting('a')),
      ...commonJs('b'),
    })
    await session.run(['server.js'], settings)
    await session.see('up v1')
    expect(await session.get()).toBe('a own b')
    const { pid, packages } = await waiting(session)
    expect(packages).toBe(1)
    session.project.save('server.js', entry('v2', ...imports))
    await session.see(`up v2 ${pid}`)
    expect(await session.get()).toBe('a own b')
  })

  test('a package sees the environment variable that the first module of the program sets', async () => {
    const setting = (value: string) => `process.env.SET = '${value}'`
    const imports = [`import './setting.js'`, `import 'reads'`]
    await using session = new Session({
      'server.js': entry('v1', ...imports),
      'setting.js': setting('first'),
      ...packageFiles('reads', `(globalThis.order ??= []).push(process.env.SET)`),
    })
    await session.run(['server.js'], settings)
    await session.see('up v1')
    expect(await session.get()).toBe('first')
    const { pid, packages } = await waiting(session)
    expect(packages).toBe(0)
    session.project.save('setting.js', setting('second'))
    await session.see(`up v1 ${pid}`)
    expect(await session.get()).toBe('second')
  })

  test.for([
    {
      what: 'a module of the program comes first now',
      by: [`import './setting.js'`, `import 'reads'`],
    },
    { what: 'another package comes first now', by: [`import 'sets'`, `import 'reads'`] },
    { what: 'the package is not imported any more', by: [`import './setting.js'`] },
  ])('where $what, no package is evaluated before', async ({ by }) => {
    await using session = new Session({
      'server.js': entry('v1', `import 'reads'`),
      'setting.js': noting('setting', `process.env.SET = 'set'`),
      ...packageFiles('sets', noting('sets', `process.env.SET = 'set'`)),
      ...packageFiles('reads', `(globalThis.order ??= []).push('reads ' + process.env.SET)`),
    })
    await session.run(['server.js'], settings)
    await session.see('up v1')
    const { pid, packages } = await waiting(session)
    expect(packages).toBe(1)
    session.project.save('server.js', entry('v2', ...by))
    const [, used] = await session.see(/up v2 (\d+)/)
    expect(used).not.toBe(pid)
    expect(session.output).toContain('imports packages in another order')
    const expected = by.map((line) =>
      line.includes('reads') ? 'reads set' : (/(sets|setting)/.exec(line)?.[1] ?? ''),
    )
    expect(await session.get()).toBe(expected.join(' '))
  })

  test.for([
    { what: 'prints', does: `console.log('printed')`, says: 'output' },
    { what: 'sets a timer', does: `setTimeout(() => {}, 1)`, says: 'Timeout' },
    { what: 'waits for a tick', does: `process.nextTick(() => {})`, says: 'TickObject' },
    { what: 'waits for a promise', does: `Promise.resolve().then(() => {})`, says: 'promise' },
    { what: 'awaits at its top', does: `await null`, says: 'promise' },
    { what: 'writes a file', does: `fs.writeFileSync('written', '')`, says: 'fs.writeFileSync' },
    { what: 'runs a program', does: `child.execSync('true')`, says: 'child_process.execSync' },
    { what: 'throws the second time', does: `if (fs.existsSync('broken')) throw 1`, says: '1' },
    { what: 'loads the program', does: `await import('../../own.js')`, says: '' },
  ])(
    'a package that $what is left to the start, and what comes behind it',
    async ({ does, says }) => {
      const imports = [`import 'quiet'`, `import 'loud'`, `import 'behind'`]
      await using session = new Session({
        'server.js': entry('v1', ...imports),
        'own.js': 'export {}',
        ...packageFiles('quiet', noting('quiet')),
        ...packageFiles(
          'loud',
          noting(
            'loud',
            `import fs from 'node:fs'`,
            `import child from 'node:child_process'`,
            does,
          ),
        ),
        ...packageFiles('behind', noting('behind')),
      })
      await session.run(['server.js'], settings)
      await session.see('up v1')
      const order = await session.get()
      session.project.save('broken', '')
      await session.see(/is not used: .*loud/)
      expect(session.output).toContain(says)
      const { pid, packages } = await waiting(session)
      expect(packages).toBe(1)
      session.project.removeFile('broken')
      session.project.save('server.js', entry('v2', ...imports))
      await session.see(`up v2 ${pid}`)
      expect(await session.get()).toBe(order)
    },
  )
})

test('a package that ends the process that waits is not loaded ahead again', async () => {
  const imports = [`import 'ends'`]
  await using session = new Session({
    'server.js': entry('v1', ...imports),
    ...packageFiles(
      'ends',
      noting('ends', `import fs from 'node:fs'`, `if (fs.existsSync('broken')) process.exit(1)`),
    ),
  })
  await session.run(['server.js'], followed)
  await session.see('up v1')
  session.project.save('broken', '')
  await session.see(/is not used: it has ended/)
  session.project.removeFile('broken')
  session.project.save('server.js', entry('v2', ...imports))
  await session.see(/up v2/)
  const { packages } = await waiting(session)
  expect(packages).toBe(0)
})
