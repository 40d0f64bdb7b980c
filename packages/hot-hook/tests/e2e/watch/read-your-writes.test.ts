import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { hammer } from '../../harness/requests.ts'

const handler = (expression: string) =>
  `export default (_, response) => response.end(String(${expression}))`

describe.each(nodeMajors)('on Node %s', (node) => {
  it('requests beside saves never see two versions of one file, and soon all is new', async () => {
    const versioned = (name: string, version: number, rest = '') =>
      `export const ${name} = ${version}\n${rest}`
    const app = new App(
      {
        'server.js': serverImporting('./app.js'),
        'app.js': `import { left, leftSees } from './left.js'
          import { right, rightSees } from './right.js'
          import { shared } from './shared.js'
          ${handler('JSON.stringify({ left, right, sees: [shared, leftSees, rightSees] })')}`,
        'left.js': versioned(
          'left',
          0,
          "import { shared } from './shared.js'\nexport const leftSees = shared",
        ),
        'right.js': versioned(
          'right',
          0,
          "import { shared } from './shared.js'\nawait null\nexport const rightSees = shared",
        ),
        'shared.js': versioned('shared', 0),
      },
      { node },
    ).start()
    const port = await app.port()
    const rounds = 40
    let round = 0
    const bodies: string[] = []
    while (round < rounds) {
      round++
      let isOver = false
      const load = hammer(port, 8, () => isOver)
      app.save('shared.js', versioned('shared', round))
      app.save(
        'left.js',
        versioned(
          'left',
          round,
          "import { shared } from './shared.js'\nexport const leftSees = shared",
        ),
      )
      const current = { left: round, right: 0, sees: [round, round, round] }
      await app.until(`round ${round}`, async () => (await app.get()) === JSON.stringify(current))
      isOver = true
      bodies.push(...(await load))
    }
    expect(bodies.length).toBeGreaterThan(rounds)
    for (const body of bodies) {
      expect(new Set(JSON.parse(body).sees).size, body).toBe(1)
    }
    expect(app.stderr).not.toContain('could not be')
  })

  it('imports at the same time evaluate a new version once, and all get it', async () => {
    const app = new App(
      {
        'server.js': `import http from 'node:http'
          globalThis.evaluations = []
          http.createServer(async (_, response) => {
            const modules = await Promise.all([1, 2, 3, 4].flatMap(() => [
              import('./a.js'), import('./b.js')]))
            response.end(modules.map(({ text }) => text).join(' ') + ': ' + evaluations)
          }).listen(0, '127.0.0.1', function () {
            console.log('listening on ' + this.address().port) })`,
        'a.js': "import { value } from './shared.js'\nexport const text = 'a' + value",
        'b.js': "import { value } from './shared.js'\nexport const text = 'b' + value",
        'shared.js': 'export const value = 0\nevaluations.push(value)',
      },
      { node },
    ).start()
    const all = (value: number) => Array(4).fill(`a${value} b${value}`).join(' ')
    const evaluated = [0]
    expect(await app.get()).toBe(`${all(0)}: 0`)
    for (let value = 1; value <= 20; value++) {
      app.save('shared.js', `export const value = ${value}\nawait null\nevaluations.push(value)`)
      evaluated.push(value)
      const expected = `${all(value)}: ${evaluated}`
      await app.until(expected, async () => (await app.get()) === expected)
    }
  })

  it('saved TypeScript is answered with at once, a hundred times', async () => {
    const source = (value: number) => `interface Value { value: number }
      export const model: Value = { value: ${value} }`
    const app = new App(
      {
        'server.ts': serverImporting('./app.ts'),
        'app.ts': `import type { Server } from 'node:http'
          import { model } from './model.ts'
          export default (_: Server, response: any): void => response.end(String(model.value))`,
        'model.ts': source(0),
      },
      { node, entry: 'server.ts' },
    ).start()
    expect(await app.get()).toBe('0')
    const stale: string[] = []
    for (let value = 1; value <= 100; value++) {
      if (value % 2) app.save('model.ts', source(value))
      else app.saveByRename('model.ts', source(value))
      const body = await app.get()
      if (body !== String(value)) stale.push(`${value}: ${body}`)
    }
    expect(stale).toEqual([])
  })
})

it('every first request after a save of one of 1,000 modules is fresh', async () => {
  const files: Record<string, string> = {}
  for (let index = 0; index < 1000; index++) {
    const children = [2 * index + 1, 2 * index + 2].filter((child) => child < 1000)
    const imports = children.map((child) => `import { sum as s${child} } from './m${child}.js'\n`)
    files[`tree/m${index}.js`] =
      `${imports.join('')}export const sum = ${['0', ...children.map((child) => `s${child}`)].join(' + ')}`
  }
  const app = new App({
    'server.js': serverImporting('./app.js'),
    'app.js': `import { sum } from './tree/m0.js'\n${handler('sum')}`,
    ...files,
  }).start()
  expect(await app.get()).toBe('0')
  const stale: string[] = []
  for (let count = 1; count <= 40; count++) {
    const leaf = 999 - (count % 2 === 0 ? 0 : 7)
    app.save(`tree/m${leaf}.js`, `export const sum = ${count}`)
    const other = app.path(`tree/m${999 + 992 - leaf}.js`)
    const expected = count + (count > 1 ? count - 1 : 0)
    const body = await app.get()
    if (body !== String(expected)) stale.push(`${count} (${other}): ${body}, not ${expected}`)
  }
  expect(stale).toEqual([])
})

it('a request after two saves sees both, however close they were to one before', async () => {
  const app = new App({
    'server.js': serverImporting('./app.js'),
    'app.js': `import { a } from './a.js'\nimport { b } from './b.js'\n${handler("a + ' ' + b")}`,
    'a.js': 'export const a = 0',
    'b.js': 'export const b = 0',
  }).start()
  expect(await app.get()).toBe('0 0')
  for (let count = 1; count <= 100; count++) {
    app.save('a.js', `export const a = ${count}`)
    const between = app.get()
    app.save('b.js', `export const b = ${count}`)
    expect(await between).toMatch(new RegExp(`^${count} (${count - 1}|${count})$`))
    expect(await app.get()).toBe(`${count} ${count}`)
  }
})

it('an import() while a new version starts up waits for it, and gets the next when it is saved meanwhile', async () => {
  const app = new App({
    'server.js': serverImporting('./app.js'),
    'app.js': handler('0'),
  }).start()
  expect(await app.get()).toBe('0')
  app.save(
    'app.js',
    `console.log('first starts')
    const { existsSync } = await import('node:fs')
    while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 5))
    ${handler('1')}`,
  )
  const waiting = app.get()
  await app.output('first starts')
  app.save('app.js', handler('2'))
  app.save('go', '')
  expect(await waiting).toBe('1')
  expect(await app.get()).toBe('2')
})

it('a request that comes while the process is still busy with the one before is fresh', async () => {
  const count = 600
  const files: Record<string, string> = {}
  for (let index = 0; index < count; index++) files[`many/m${index}.js`] = 'export {}'
  const app = new App({
    'server.js': serverImporting('./app.js'),
    'app.js': `${Object.keys(files)
      .map((file) => `import './${file}'\n`)
      .join('')}import { value } from './value.js'
      export default (_, response) => {
        response.end(String(value))
        const end = performance.now() + 1
        while (performance.now() < end) {}
      }`,
    'value.js': 'export const value = 0',
    ...files,
  }).start()
  expect(await app.get()).toBe('0')
  const stale: string[] = []
  for (let value = 1; value <= 60; value++) {
    await app.get()
    await app.get()
    app.save('value.js', `export const value = ${value}`)
    const body = await app.get()
    if (body !== String(value)) stale.push(`${value}: ${body}`)
  }
  expect(stale).toEqual([])
})

it.each(['js', 'ts'])('a save of %s while it is being loaded is not lost', async (extension) => {
  const model = `model.${extension}`
  const source = (value: number) => `export const value = ${value}`
  const app = new App(
    {
      // Another loader: it is slow, and somebody saves while it has the old text in its hands.
      'slow-loader.js': `import { writeFileSync } from 'node:fs'
        import { registerHooks } from 'node:module'
        let isSaved = false
        registerHooks({
          load(url, context, nextLoad) {
            const result = nextLoad(url, context)
            if (!url.endsWith('/${model}') || isSaved) return result
            const source = String(result.source)
            writeFileSync('${model}', ${JSON.stringify(source(2))})
            isSaved = true
            return { ...result, source }
          },
        })`,
      'server.js': serverImporting('./app.js'),
      'app.js': `import { value } from './${model}'\n${handler('value')}`,
      [model]: source(1),
    },
    { nodeArguments: ['--import', './slow-loader.js', '--import', 'hot-hook/register'] },
  ).start()
  expect(await app.get()).toBe('1')
  expect(await app.get()).toBe('2')
  app.save(model, source(3))
  expect(await app.get()).toBe('3')
})

it('the first import() of a boundary sees saves of what other boundaries have loaded', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `other${index}`)
  const app = new App({
    'server.js': `import http from 'node:http'
http.createServer(async (request, response) => {
  const { value } = await import('.' + request.url + '.js')
  response.end(String(value))
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })`,
    'shared.js': 'export const value = 0',
    ...Object.fromEntries(
      names.map((name) => [`${name}.js`, "export { value } from './shared.js'"]),
    ),
  }).start()
  expect(await app.get('/shared')).toBe('0')
  for (const [index, name] of names.entries()) {
    app.saveByRename('shared.js', `export const value = ${index + 1}`)
    expect(await app.get(`/${name}`)).toBe(`${index + 1}`)
  }
})
