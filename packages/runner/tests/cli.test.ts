import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseCommand } from '../src/cli.ts'
import { mistakeOf } from '../src/mistaken-options.ts'
import { nodeShortOptions, nodeValueOptions } from '../src/node-options.ts'
import { nodeBinary } from './support/packages.ts'
import { Session } from './support/session.ts'

function run(...args: string[]) {
  const command = parseCommand(args)
  if (command.kind !== 'run') throw new Error(`expected a run, got ${command.kind}`)
  return command
}

test.each(['18', '20'])('Node %s is told in one line that it is too old', (major) => {
  const bin = fileURLToPath(new URL('../bin/hot-runner.js', import.meta.url))
  for (const args of [['server.js'], ['doctor'], ['status'], ['--help']]) {
    const { status, stdout, stderr } = spawnSync(nodeBinary(major), [bin, ...args], {
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(
      /^hot-runner: Node 22\.22 or newer is needed, this is \d+\.\d+\.\d+\.\n$/,
    )
  }
})

describe('without a script', () => {
  test.each([
    [
      '{ "scripts": { "start": "node --env-file=.env src/main.ts --port 1" } }',
      '"npm start" runs src/main.ts: hot-runner src/main.ts',
    ],
    [
      '{ "scripts": { "start": "x", "dev": "A=1 tsx watch src/a.ts" } }',
      '"npm run dev" runs src/a.ts: hot-runner src/a.ts',
    ],
    ['{ "scripts": { "start": "node . && node x.js" } }', 'Usage: hot-runner server.ts'],
    ['{ "scripts": 5 }', 'Usage: hot-runner server.ts'],
    ['{', 'Usage: hot-runner server.ts'],
  ])('%s', async (manifest, hint) => {
    await using session = new Session({ 'package.json': manifest })
    await session.run([])
    expect((await session.exit).code).toBe(2)
    expect(session.output).toBe(`hot-runner: No script to run. ${hint}\n`)
  })
})

describe('options of node are told from the script', () => {
  test.for([
    [['server.ts'], []],
    [
      ['--import=tsx', '--inspect', 'server.ts'],
      ['--import=tsx', '--inspect'],
    ],
    [
      ['--import', 'tsx', 'server.ts'],
      ['--import', 'tsx'],
    ],
    [
      ['-r', './x.cjs', 'server.ts'],
      ['-r', './x.cjs'],
    ],
    [
      ['-C', 'dev', '--conditions', 'test', 'server.ts'],
      ['-C', 'dev', '--conditions', 'test'],
    ],
    [
      ['--env-file', '.env', 'server.ts'],
      ['--env-file', '.env'],
    ],
    [
      ['--env_file', '.env', 'server.ts'],
      ['--env_file', '.env'],
    ],
    [
      ['--inspect-port', '0', '--inspect-brk', 'server.ts'],
      ['--inspect-port', '0', '--inspect-brk'],
    ],
    [
      ['--max-old-space-size=64', '--expose-gc', 'server.ts'],
      ['--max-old-space-size=64', '--expose-gc'],
    ],
    [['--no-warnings', '--', 'server.ts'], ['--no-warnings']],
    [
      ['--node-args=--import=tsx', '--node-args', '--inspect', 'server.ts'],
      ['--import=tsx', '--inspect'],
    ],
    [
      ['--handoff', '--title', 'dev', '--poll', 'server.ts'],
      ['--title', 'dev'],
    ],
  ] as const)('%j', ([args, nodeArgs]) => {
    const { options } = run(...args)
    expect(options.script).toBe('server.ts')
    expect(options.nodeArgs).toEqual(nodeArgs)
  })

  test.for([22, 24, 26])('the list of options with a value is that of node %i', (major) => {
    const node = fileURLToPath(
      new URL(`../../../node_modules/node${major}/bin/node`, import.meta.url),
    )
    // Asks Node's own parser which options take a value, and which other names they have.
    const script = `const { internalBinding } = require('internal/test/binding')
const binding = internalBinding('options')
const { options, aliases } = (binding.getCLIOptionsInfo ?? binding.getCLIOptions)()
const { kNoOp, kV8Option, kBoolean } = binding.types
const names = [...options].filter(([, { type }]) => ![kNoOp, kV8Option, kBoolean].includes(type)).map(([name]) => name)
for (const [name, [target, ...more]] of aliases)
  if (names.includes(target) && more.length === 0 && !name.endsWith('=')) names.push(name)
console.log(JSON.stringify(names.filter((name) => name.startsWith('-'))))`
    const args = ['--no-warnings', '--expose-internals', '-e', script]
    const names: string[] = JSON.parse(execFileSync(node, args, { encoding: 'utf8' }))
    const known = new Set([
      // An alias by name only: node looks for this switch in front of its parser.
      '--experimental-default-config-file',
      ...nodeValueOptions.map((name) => `--${name}`),
      ...Object.values(nodeShortOptions).map((letter) => `-${letter}`),
    ])
    expect(names.length).toBeGreaterThan(50)
    expect(names.filter((name) => !known.has(name))).toEqual([])
  })
})

describe("what follows the script is the script's", () => {
  test.for([
    [
      ['server.ts', '--port', '3000', '--watch', '-h'],
      ['--port', '3000', '--watch', '-h'],
    ],
    [
      ['server.ts', '--', 'x'],
      ['--', 'x'],
    ],
    [
      ['--script-args=--port=1', '--script-args', '2', 'server.ts', '3'],
      ['--port=1', '2', '3'],
    ],
  ] as const)('%j', ([args, scriptArgs]) => {
    expect(run(...args).options.scriptArgs).toEqual(scriptArgs)
  })
})

test('our own options', () => {
  expect(run('a.js')).toMatchObject({
    keys: true,
    clearScreen: false,
    options: { handoff: false, poll: false, exitOnCrash: false },
  })
  expect(
    run('--kill-timeout', '250', '--handoff', '--poll=300', '--exit-on-crash', '--no-keys', 'a.js'),
  ).toMatchObject({
    keys: false,
    options: { killTimeout: 250, handoff: true, poll: 300, exitOnCrash: true },
  })
  expect(run('--poll', 'a.js').options.poll).toBe(true)
  expect(run('--clear-screen', 'a.js').clearScreen).toBe(true)
  expect(run('--clear-screen', '--no-clear-screen', 'a.js').clearScreen).toBe(false)
  expect(parseCommand(['-h']).kind).toBe('help')
  expect(parseCommand(['--version', 'a.js']).kind).toBe('version')
})

describe('one clear error and exit code 2', () => {
  test.for([
    [[], 'No script to run'],
    [['--import'], 'No script to run'],
    [['missing.js'], /The script \S+missing\.js does not exist/],
    [['lib'], /The script \S+lib is a directory without a main file/],
    [
      ['--kill-timeout=soon', 'a.js'],
      '--kill-timeout: expected a number of milliseconds, got "soon"',
    ],
    [['--kill-timeout=-1', 'a.js'], '--kill-timeout: expected a number of milliseconds, got "-1"'],
    [
      ['--kill-timeout=99999999999', 'a.js'],
      'killTimeout: expected a number of milliseconds, 0 to',
    ],
    [['--kill-timeout='], '--kill-timeout needs a value'],
    [['--kill-signal=SIGNONE', 'a.js'], `killSignal: expected the name of a signal, as 'SIGINT'`],
    [['--handof', 'a.js'], 'There is no option --handof: did you mean --handoff?'],
    [['--kill-timout=5', 'a.js'], 'There is no option --kill-timout: did you mean --kill-timeout?'],
    [['--clear', 'a.js'], 'There is no option --clear: did you mean --clear-screen?'],
    [
      ['--exec', 'tsx', 'a.js'],
      'There is no option --exec: the script runs on node: give a loader',
    ],
    [['-x', 'tsx', 'a.js'], 'There is no option -x: the script runs on node: give a loader'],
    [['--signal', 'SIGINT', 'a.js'], 'There is no option --signal: the option is --kill-signal'],
    [['--poll=often', 'a.js'], '--poll: expected a number of milliseconds, got "often"'],
    [['--poll=0', 'a.js'], 'poll: expected a number of milliseconds above 0'],
    [['--handoff=yes', 'a.js'], '--handoff takes no value, got "yes"'],
    [['--node-args=--import tsx', 'a.js'], 'Write --node-args=--import=tsx'],
    [['--watch', 'a.js'], '--watch cannot be used with hot-runner: hot-runner watches by itself'],
    [['--watch-path=src', 'a.js'], '--watch-path=src cannot be used'],
    [['--watch-path', 'src', 'a.js'], '--watch-path cannot be used'],
    [['--node-args=--watch', 'a.js'], '--watch cannot be used'],
    [['-e', '1'], '-e cannot be used with hot-runner'],
    [['--test', 'a.js'], '--test cannot be used with hot-runner'],
  ] as const)('%j', async ([args, message]) => {
    await using session = new Session({ 'a.js': '', 'lib/readme.md': '' })
    await session.run([...args])
    await session.see(message)
    expect(await session.exit).toEqual({ code: 2, signal: null })
    expect(session.output.trimEnd().split('\n')).toHaveLength(1)
  })
})

test.for([22, 24, 26])(
  'no option of node %i is taken for one of ours with a typing error',
  (major) => {
    const node = fileURLToPath(
      new URL(`../../../node_modules/node${major}/bin/node`, import.meta.url),
    )
    const script = `const { internalBinding } = require('internal/test/binding')
const binding = internalBinding('options')
const { options, aliases } = (binding.getCLIOptionsInfo ?? binding.getCLIOptions)()
console.log(JSON.stringify([...options.keys(), ...aliases.keys()]))`
    const args = ['--no-warnings', '--expose-internals', '-e', script]
    const names: string[] = JSON.parse(execFileSync(node, args, { encoding: 'utf8' }))
    const options = names.filter((name) => /^--[a-z]/.test(name)).map((name) => name.slice(2))
    expect(options.length).toBeGreaterThan(200)
    const ours = [
      'handoff',
      'exit-on-crash',
      'clear-screen',
      'keys',
      'no-keys',
      'poll',
      'kill-timeout',
    ]
    expect(options.filter((name) => mistakeOf(name, ours) !== undefined)).toEqual([])
  },
)

test('an option that node refuses ends the runner with the exit code of node', async () => {
  await using session = new Session({ 'a.js': '' })
  await session.run(['--no-such-option', 'a.js'])
  await session.see('bad option: --no-such-option')
  expect(await session.exit).toEqual({ code: 9, signal: null })
  expect(session.output).not.toContain('waiting for a save')
})

test('node options and script arguments arrive', async () => {
  await using session = new Session({
    'pre.cjs': `globalThis.required = true`,
    'pre.js': `globalThis.imported = true`,
    'a.js': `console.log(JSON.stringify([required, imported, process.title, process.argv.slice(2)]))`,
  })
  const nodeArgs = ['-r', './pre.cjs', '--import', './pre.js', '--title', 'mine']
  await session.run([...nodeArgs, 'a.js', '--port', '3000', 'a b'])
  await session.see('[true,true,"mine",["--port","3000","a b"]]')
  await session.exit
})

test('a script is found as node finds it', async () => {
  await using session = new Session({
    'src/index.js': `console.log('index')`,
    'src/package.json': '{ "type": "module" }',
  })
  await session.run(['src'])
  await session.see('index')
  await session.exit
})
