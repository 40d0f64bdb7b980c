import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeBinary, nodeMajors } from '../../harness/nodes.ts'

const files = {
  'module.js': "export const name = 'module'; export const hot = typeof import.meta.hot",
  'common.cjs': "exports.name = 'common'; exports.hot = typeof module.hot",
}
const both =
  "import('./module.js').then(({ name, hot }) => console.log(name, hot, require('./common.cjs').name))"

describe.each(nodeMajors)('a program without a file of its own, on Node %s', (node) => {
  /** What a process prints until it ends by itself, with Hot Hook preloaded. */
  async function run(nodeArguments: string[], input = ''): Promise<string> {
    const app = new App(files)
    const child = spawn(
      nodeBinary(node),
      ['--import', 'hot-hook/register', '--trace-warnings', ...nodeArguments],
      { cwd: app.directory, env: { ...process.env, NODE_OPTIONS: '' } },
    )
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.stdin.end(input)
    const [code] = await once(child, 'close')
    expect(code, output).toBe(0)
    return output
  }

  it('imports and requires from node -e, CommonJS and ES module', async () => {
    expect(await run(['--input-type=commonjs', '-e', both])).toBe('module object common\n')
    const esm = `import { createRequire } from 'node:module'
const require = createRequire(process.cwd() + '/'); ${both}`
    expect(await run(['--input-type=module', '-e', esm])).toBe('module object common\n')
    expect(await run(['-p', '1 + 1'])).toBe('2\n')
  })

  it('imports and requires from stdin', async () => {
    expect(await run(['--input-type=commonjs', '-'], both)).toBe('module object common\n')
    const esm = "import { name } from './module.js'; console.log(name, typeof import.meta.hot)"
    expect(await run(['--input-type=module'], esm)).toMatch(/^module (object|undefined)\n$/)
  })

  it('imports data: URLs and modules of Node from them', async () => {
    const data =
      "import { sep } from 'node:path'; export const hot = typeof import.meta.hot; export { sep }"
    const code = `const url = 'data:text/javascript,' + encodeURIComponent(${JSON.stringify(data)})
const { sep } = await import(url)
console.log(sep === (await import(url)).sep, (await import('data:application/json,{"a":1}', { with: { type: 'json' } })).default.a)`
    expect(await run(['--input-type=module', '-e', code])).toBe('true 1\n')
  })

  it('imports from node:vm', async () => {
    const code = `const vm = require('node:vm')
const script = new vm.Script("import('./module.js')", {
  filename: process.cwd() + '/script.js',
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
})
const own = new vm.Script("import('x')", { importModuleDynamically: () => import('./module.js') })
Promise.all([script.runInThisContext(), own.runInThisContext()])
  .then(([one, other]) => console.log(one.name, other.name))`
    const flags = ['--no-warnings', '--experimental-vm-modules', '--input-type=commonjs']
    expect(await run([...flags, '-e', code])).toBe('module module\n')
  })

  it('imports in the REPL', async () => {
    const output = await run(
      ['-i'],
      "(await import('./module.js')).name\nrequire('./common.cjs').name\n.exit\n",
    )
    expect(output).toContain("'module'")
    expect(output).toContain("'common'")
    expect(output).not.toMatch(/error|warning/i)
  })
})
