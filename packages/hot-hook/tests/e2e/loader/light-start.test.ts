import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const listing = `process.on('exit', () => {
  const loaded = process.moduleLoadList.map((each) => each.replace(/^NativeModule /, ''))
  console.log(JSON.stringify(loaded))
})
// Before the first turn of the event loop, in which files begin to be watched.
process.exit()`

/** Node's own modules that a program that does nothing has loaded when it ends. */
async function loadedWith(
  node: (typeof nodeMajors)[number],
  nodeArguments: string[],
): Promise<string[]> {
  const app = new App({ 'server.js': listing }, { node, nodeArguments }).start()
  await app.exit()
  return JSON.parse(app.stdout)
}

/** Each of these costs every start a millisecond or more. */
const costly = [
  'child_process',
  'internal/fs/promises',
  'internal/fs/watchers',
  'net',
  'perf_hooks',
  'stream',
  'worker_threads',
]

describe.each(nodeMajors)('a start on Node %s', (node) => {
  it.each([['--import'], ['-r']])(
    'with %s loads no costly part of Node that the program does not use',
    async (option) => {
      const [plain, hot] = await Promise.all([
        loadedWith(node, []),
        loadedWith(node, [option, 'hot-hook/register']),
      ])
      expect(hot.length).toBeGreaterThan(50)
      const added = hot.filter((name) => !plain.includes(name))
      expect(added.filter((name) => costly.includes(name))).toEqual([])
    },
  )
})
