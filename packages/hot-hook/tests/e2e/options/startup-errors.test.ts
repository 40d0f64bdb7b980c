import { describe, expect, it } from 'vitest'
import { App, type AppOptions } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const initialising = (call: string) => `import { hot } from 'hot-hook'
await ${call}
console.log('runs')`
const unknown = (source: string) =>
  `[hot-hook] Unknown option 'boundary' in ${source}: did you mean 'boundaries'?\n`
const swapped =
  '[hot-hook] The arguments of hot.init are swapped: the entry comes first, hot.init(import.meta.url, options)\n'

describe.each(nodeMajors)('on Node %s', (node) => {
  it.each([
    [
      'an unknown option in package.json',
      "console.log('runs')",
      { hotHook: { boundary: [] } },
      unknown('package.json "hotHook"'),
    ],
    [
      'an unknown option of hot.init',
      initialising('hot.init(import.meta.url, { boundary: [] })'),
      { nodeArguments: [] },
      unknown('hot.init'),
    ],
    [
      'an unknown option of hot.init in CommonJS',
      "const { hot } = require('hot-hook')\nhot.init(__filename, { boundary: [] }).then(() => console.log('runs'))",
      { nodeArguments: [], packageJson: { type: 'commonjs' } },
      unknown('hot.init'),
    ],
    [
      'swapped arguments',
      initialising("hot.init({ reload: ['.env'] }, import.meta.url)"),
      { nodeArguments: [] },
      swapped,
    ],
    [
      'null for an entry',
      initialising('hot.init(null)'),
      { nodeArguments: [] },
      '[hot-hook] The first argument of hot.init must be the entry (import.meta.url) or the options, got null\n',
    ],
    [
      'null for options',
      initialising('hot.init(import.meta.url, null)'),
      { nodeArguments: [] },
      "[hot-hook] Hot Hook's options in hot.init must be an object such as { reload: ['.env'] }, got null\n",
    ],
    [
      'two objects',
      initialising("hot.init({ reload: ['.env'] }, {})"),
      { nodeArguments: [] },
      "[hot-hook] The first argument of hot.init must be the entry (import.meta.url) when options follow, got { reload: [ '.env' ] }\n",
    ],
  ] as [string, string, AppOptions, string][])(
    '%s is one line and exit code 1',
    async (_, server, options, line) => {
      const app = new App({ 'server.js': server }, { node, ...options }).start()
      expect(await app.exit()).toBe(1)
      expect(app.stderr).toBe(line)
      expect(app.stdout).toBe('')
    },
  )

  it.each(['--import', '-r'])('--jitless is said, and exit code 1, with %s', async (flag) => {
    const nodeArguments = ['--jitless', flag, 'hot-hook/register']
    const app = new App({ 'server.js': "console.log('runs')" }, { node, nodeArguments }).start()
    expect(await app.exit()).toBe(1)
    expect(app.stderr).toContain(
      '[hot-hook] Hot Hook needs WebAssembly, which --jitless switches off: leave it out, or start without Hot Hook\n',
    )
    expect(app.stdout).toBe('')
  })

  it('what the application does about uncaught errors is done to an error of options too', async () => {
    const app = new App(
      {
        'server.js': `process.on('uncaughtException', ({ code }) => console.log('caught', code))
          ${initialising('hot.init({ wacth: true }).catch((error) => console.log(error.name))')}
          hot.init(5)`,
      },
      { node, nodeArguments: [] },
    ).start()
    expect(await app.exit()).toBe(0)
    expect(app.stdout).toBe('HotHookOptionsError\nruns\ncaught ERR_HOT_HOOK_OPTIONS\n')
    expect(app.stderr).toBe('')
  })
})

it('a URL is an entry as its text is', async () => {
  const app = new App(
    { 'server.js': initialising('hot.init(new URL(import.meta.url))') },
    { nodeArguments: [] },
  ).start()
  expect(await app.exit()).toBe(0)
  expect(app.stdout).toBe('runs\n')
})
