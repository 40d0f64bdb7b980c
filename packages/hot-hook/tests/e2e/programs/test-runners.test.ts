import { mkdirSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { type NodeMajor, nodeMajors } from '../../harness/nodes.ts'

const vitest = fileURLToPath(new URL('../../../../../node_modules/vitest', import.meta.url))

/** A program that uses all of Hot Hook; `events` has what it was told. */
const program = {
  'program.js': `import http from 'node:http'
import { hot } from 'hot-hook'
import { word } from './word.js'
export const events = []
export const isHot = import.meta.hot !== undefined
hot.on('update', () => events.push('update'))
import.meta.hot?.accept('./word.js', () => events.push('accepted'))
import.meta.hot?.dispose(() => events.push('disposed'))
const files = ['program.js', 'app.js', 'word.js']
export const known = async () => {
  const modules = await hot.dump()
  return modules.filter(({ path }) => files.includes(path)).length
}
export async function answer() {
  const server = http.createServer(hot.handler(() => import('./app.js'))).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const response = await fetch('http://127.0.0.1:' + server.address().port)
  const text = await response.text()
  server.closeAllConnections()
  server.close()
  return text + ' ' + word
}`,
  'app.js': "export default (request, response) => response.end('app')",
  'word.js': "export const word = 'one'",
}
const test = (runner: string) => `import assert from 'node:assert'
import { test } from '${runner}'
import { answer, events, isHot, known } from './program.js'
test('the program answers', async () => {
  const said = await answer()
  assert.match(said, /^app (one|two|three|four)$/)
  assert.deepEqual(events, [])
  console.log('answer "' + said + '", ' + (isHot ? 'hot' : 'inert') + ', known: ' + await known())
})`

interface Runner {
  name: string
  /** Runs the test and ends. */
  once: { nodeArguments: string[]; entry: string; scriptArguments?: string[] }
  /** Runs it again at each save. */
  watching: Runner['once']
  /** What it says when a run has ended. */
  ended: string
  /** It loads modules as Node does, so that a Hot Hook that is registered has them. */
  loadsByNode: boolean
  files: Record<string, string>
}

const vitestEntry = 'node_modules/vitest/vitest.mjs'
const runners: Runner[] = [
  {
    name: 'node --test',
    once: { nodeArguments: ['--test'], entry: 'program.test.js' },
    watching: { nodeArguments: ['--test', '--watch'], entry: 'program.test.js' },
    ended: 'duration_ms',
    loadsByNode: true,
    files: { 'program.test.js': test('node:test') },
  },
  {
    name: 'vitest',
    once: { nodeArguments: [], entry: vitestEntry, scriptArguments: ['run'] },
    watching: { nodeArguments: [], entry: vitestEntry, scriptArguments: ['watch'] },
    ended: 'Waiting for file changes',
    loadsByNode: false,
    files: { 'program.test.js': test('vitest') },
  },
]

function testedApp(
  { files }: Runner,
  command: Runner['once'],
  options: { node: NodeMajor; isRegistered: boolean },
): App {
  const { isRegistered, node } = options
  const preload = isRegistered ? ['--import', 'hot-hook/register'] : []
  const app = new App(
    { ...program, ...files },
    {
      ...command,
      node,
      nodeArguments: [...preload, ...command.nodeArguments],
      env: { VITEST: '', NODE_PATH: '', NO_COLOR: '1', CI: '' },
    },
  )
  mkdirSync(app.path('node_modules'), { recursive: true })
  symlinkSync(vitest, app.path('node_modules/vitest'), 'junction')
  return app.start()
}

const saidOf = (word: string, isHot: boolean) =>
  `answer "app ${word}", ${isHot ? 'hot, known: 3' : 'inert, known: 0'}`

describe.each(nodeMajors)('on Node %s', (node) => {
  describe.each(runners)('$name', (runner) => {
    const { once, watching, ended, loadsByNode } = runner

    it.each([false, true])(
      'runs a program that uses Hot Hook, and ends, with Hot Hook registered: %s',
      async (isRegistered) => {
        const app = testedApp(runner, once, { node, isRegistered })
        expect(await app.exit(), app.stdout + app.stderr).toBe(0)
        expect(app.stdout).toContain(saidOf('one', isRegistered && loadsByNode))
        expect(app.stderr).not.toContain('[hot-hook]')
      },
    )

    it.each([false, true])(
      'runs it again at each of three saves, with Hot Hook registered: %s',
      async (isRegistered) => {
        const app = testedApp(runner, watching, { node, isRegistered })
        for (const [runs, word] of ['one', 'two', 'three', 'four'].entries()) {
          // In place: `node --watch` loses a file that another one is renamed to.
          if (word !== 'one') app.save('word.js', `export const word = '${word}'`)
          await app.output(saidOf(word, isRegistered && loadsByNode))
          await app.until('end of the run', () => app.stdout.split(ended).length > runs + 1)
        }
        expect(app.stdout + app.stderr).not.toMatch(/full reload|not ok|✖|FAIL/)
      },
    )
  })

  it.each([false, true])(
    'mock.module() of node:test mocks, with Hot Hook registered: %s',
    async (isRegistered) => {
      const mocked = node === '26' ? 'exports' : 'namedExports'
      const [runner] = runners as [Runner]
      const mocks = `import assert from 'node:assert'
import { mock, test } from 'node:test'
test('mocks', async () => {
  mock.module('./word.js', { ${mocked}: { word: 'mocked' } })
  const { answer } = await import('./program.js')
  assert.equal(await answer(), 'app mocked')
})`
      const command = {
        ...runner.once,
        nodeArguments: ['--experimental-test-module-mocks', '--test'],
      }
      const files = { 'program.test.js': mocks }
      const app = testedApp({ ...runner, files }, command, { node, isRegistered })
      expect(await app.exit(), app.stdout + app.stderr).toBe(0)
      expect(app.stdout).toMatch(/pass 1\n/)
    },
  )
})
