import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const reloads = 2000
const megabyte = 2 ** 20

/** About 11 KB with 100 functions. */
const source = (count: number) =>
  `exports.count = ${count}\n${Array.from(
    { length: 100 },
    (_, index) =>
      `exports.f${index} = (a, b) => { const sum = a + b + ${index}; return sum * sum - a * b + sum % 7 }`,
  ).join('\n')}`

/** Saves `part.js` again and again, waits until the program has it, and says how the heap has grown. */
const program = (load: string, prepare = '') => `
const { writeFileSync } = require('node:fs')
const { hot } = require('hot-hook')
const source = ${source.toString()}
let seen = () => {}
let part
${prepare}
hot.on('update', () => seen())
hot.on('invalidate', () => seen())
const heap = () => {
  // Twice what V8 does before it gives up: a plain one leaves its compilation cache, in plain Node too.
  for (let round = 0; round < 2; round++) gc({ type: 'major', flavor: 'last-resort' })
  return process.memoryUsage().heapUsed
}
async function reload(count) {
  const news = new Promise((resolve) => { seen = resolve })
  writeFileSync(__dirname + '/part.js.tmp', source(count))
  require('node:fs').renameSync(__dirname + '/part.js.tmp', __dirname + '/part.js')
  process.emit('message', { type: 'hot-hook:file-changed', path: __dirname + '/part.js', action: 'change' })
  await news
  ${load}
  if (part.count !== count) throw new Error(count + ' was loaded as ' + part.count)
}
setTimeout(async () => {
  ${load}
  for (let count = 1; count <= 200; count++) await reload(count)
  const start = heap()
  for (let count = 201; count <= ${200 + reloads}; count++) await reload(count)
  console.log('grown by ' + (heap() - start) + '; done')
  process.exit()
}, 50)
`

describe.each(nodeMajors)('two thousand reloads of a CommonJS module on Node %s', (node) => {
  it.each([
    ['a lazy require()', program("part = require('./part')")],
    [
      'module.hot.accept',
      program(
        '',
        "part = require('./part')\nmodule.hot.accept('./part', (next) => { part = next })",
      ),
    ],
  ])('by %s leave less than 5 MB on the heap', async (_, server) => {
    const app = new App(
      { 'server.js': server, 'part.js': source(0) },
      {
        node,
        packageJson: { type: 'commonjs' },
        hotHook: { watch: false, log: 'silent' },
        nodeArguments: ['--no-warnings', '--expose-gc', '--import', 'hot-hook/register'],
      },
    ).start()
    const [, grown] =
      /grown by (-?\d+)/.exec(await app.output(/grown by .*; done|Error[\s\S]*/)) ?? []
    expect(Number(grown)).toBeLessThan(5 * megabyte)
  })
})
