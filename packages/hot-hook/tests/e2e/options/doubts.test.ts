import { describe, expect, it } from 'vitest'
import { App, type AppOptions, serverImporting } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const handler = (text: string) => `export default (_, response) => response.end('${text}')`
const files = {
  'server.js': serverImporting('./routes/app.js'),
  'routes/app.js': handler('0'),
}
const initialising = (call: string) => ({
  'main.js': `import { hot } from 'hot-hook'\nawait ${call}\nawait import('./server.js')`,
})
const alone = { entry: 'main.js', nodeArguments: [] }

/** What Hot Hook warns of. */
const warnings = (app: App) =>
  app.stderr
    .replaceAll(app.directory, '.')
    .split('\n')
    .filter((line) => line.startsWith('[hot-hook] warning: '))
    .map((line) => line.slice('[hot-hook] warning: '.length))

describe.each(nodeMajors)('on Node %s', (node) => {
  it.each([
    [
      'boundaries that match nothing',
      { hotHook: { boundaries: ['routs/**', 'routes/*.js', '!routes/x.js', 'views/*.js'] } },
      {},
      [
        "'boundaries': 'routs/**' matches no file in . [HOT_HOOK_BOUNDARIES]",
        "'boundaries': 'views/*.js' matches no file in . [HOT_HOOK_BOUNDARIES]",
      ],
    ],
    [
      'boundaries that name the entry',
      { hotHook: { boundaries: ['./server.js', 'routes/**'] } },
      {},
      [
        "'boundaries': './server.js' is the entry, server.js, which nobody imports [HOT_HOOK_BOUNDARIES]",
      ],
    ],
    [
      'a root that is not the program that runs',
      { hotHook: { root: 'routes/app.js' } },
      {},
      ["'root' is ./routes/app.js, but the program that runs is ./server.js [HOT_HOOK_ROOT]"],
    ],
    [
      'a root that is neither Node was given nor calls',
      alone,
      initialising("hot.init({ root: './server.js' })"),
      ["'root' is ./server.js, but the program that runs is ./main.js [HOT_HOOK_ROOT]"],
    ],
    ['hot.init(import.meta.url)', alone, initialising('hot.init(import.meta.url)'), []],
    [
      'a caller that is not the script',
      { ...alone, entry: 'start.js' },
      { ...initialising('hot.init(import.meta.url)'), 'start.js': "await import('./main.js')" },
      [],
    ],
    [
      'hot-hook preloaded without register',
      { nodeArguments: ['--import', 'hot-hook'] },
      {},
      ['hot-hook alone does nothing: preload hot-hook/register [HOT_HOOK_PRELOAD]'],
    ],
    [
      'hot-hook preloaded by NODE_OPTIONS',
      { nodeArguments: [], env: { NODE_OPTIONS: '--import=hot-hook' } },
      {},
      ['hot-hook alone does nothing: preload hot-hook/register [HOT_HOOK_PRELOAD]'],
    ],
    [
      'hot-hook preloaded for an entry that calls init',
      { ...alone, nodeArguments: ['--import', 'hot-hook'] },
      initialising('hot.init(import.meta.url)'),
      [],
    ],
  ] as [string, AppOptions, Record<string, string>, string[]][])(
    '%s is said once, in one line each',
    async (_, options, more, expected) => {
      const app = new App({ ...files, ...more }, { node, ...options }).start()
      expect(await app.get()).toBe('0')
      await app.until('warnings', () => warnings(app).length >= expected.length)
      for (const text of ['1', '2', '3']) {
        app.save('routes/app.js', handler(text))
        await app.get()
      }
      expect(warnings(app)).toEqual(expected)
    },
  )

  it('empty boundaries are said, in one line', async () => {
    const app = new App(files, { node, hotHook: { boundaries: [] } }).start()
    await app.output(
      "'boundaries' is empty: no import() is a boundary but those with { hot: 'true' } [HOT_HOOK_BOUNDARIES]\n",
    )
    expect(await app.get()).toBe('0')
    expect(warnings(app)).toHaveLength(1)
  })

  it('node --watch is said, in one line', async () => {
    const nodeArguments = ['--watch', '--import', 'hot-hook/register']
    const app = new App(files, { node, nodeArguments }).start()
    await app.output('[hot-hook] warning: node --watch restarts the process at each save')
    expect(await app.get()).toBe('0')
    expect(warnings(app)).toHaveLength(1)
    // It ends what it has started.
    app.child.kill('SIGTERM')
    await app.exit()
  })

  it('a wrong use of the API is one clear error', async () => {
    const attempts = {
      explain: 'hot.explain(5)',
      URL: "hot.explain(new URL('https://a.b/c.js'))",
      missing: "import.meta.hot.accept('./nope.js')",
      'missing package': "import.meta.hot.accept('nope')",
      'not imported': "import.meta.hot.accept('./other.js')",
      dispose: 'import.meta.hot.dispose(undefined)',
      accept: 'import.meta.hot.accept(5, () => {})',
      assignment: 'import.meta.hot = undefined',
    }
    const tries = Object.entries(attempts).map(
      ([name, code]) =>
        `try { ${code} } catch (error) { console.log(${JSON.stringify(name)}, '-', inspect(error).split('\\n    at ')[0], error.code, error.cause) }`,
    )
    const app = new App(
      {
        'server.js': `import { inspect } from 'node:util'
          import { hot } from 'hot-hook'
          ${tries.join('\n')}
          await import('./common.cjs')`,
        'other.js': '',
        'common.cjs':
          "try { module.hot.accept('./nope') } catch (error) { console.log('CommonJS - ' + error.message, error.code, error.cause) }",
      },
      { node },
    ).start()
    expect(await app.exit()).toBe(0)
    const accept = (file: string, name: string) =>
      `import.meta.hot.accept() in ./${file} names "${name}", which`
    expect(app.stdout.replaceAll(app.directory, '.').split('\n')).toEqual([
      'explain - TypeError: hot.explain() expects a path or a file URL, got 5 ERR_HOT_HOOK_ARGUMENT undefined',
      expect.stringContaining(
        'URL - TypeError: hot.explain() expects a path or a file URL, got URL',
      ),
      `missing - Error: ${accept('server.js', './nope.js')} does not exist: check the path ERR_HOT_HOOK_ACCEPT undefined`,
      `missing package - Error: ${accept('server.js', 'nope')} does not exist: check the path ERR_HOT_HOOK_ACCEPT undefined`,
      `not imported - Error: ${accept('server.js', './other.js')} it does not import: import it, or leave it out ERR_HOT_HOOK_ACCEPT undefined`,
      'dispose - TypeError: import.meta.hot.dispose() in ./server.js: expected a function, or a resource with Symbol.asyncDispose or Symbol.dispose, got undefined ERR_HOT_HOOK_ARGUMENT undefined',
      'accept - TypeError: import.meta.hot.accept() in ./server.js: expected a callback, a specifier or an array of specifiers, got 5 ERR_HOT_HOOK_ARGUMENT undefined',
      "assignment - TypeError: import.meta.hot in ./server.js cannot be assigned: it is Hot Hook's ERR_HOT_HOOK_ARGUMENT undefined",
      `CommonJS - ${accept('common.cjs', './nope')} does not exist: check the path ERR_HOT_HOOK_ACCEPT undefined`,
      '',
    ])
    expect(app.stdout).not.toContain('[cause]')
  })
})
