import { mkdirSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { App, serverImporting } from '../../harness/app.ts'
import { nodeMajors, nodesThatBring } from '../../harness/nodes.ts'

/** An app whose compile cache is its own, and what Node says of it. */
function startApp(node: (typeof nodeMajors)[number], hotHook: Record<string, unknown> = {}): App {
  const app = new App(
    {
      'server.js': serverImporting('./app.js', "process.on('SIGTERM', () => process.exit())"),
      'app.js': "import { version } from './leaf.js'\nexport default (_, r) => r.end(version)",
      'leaf.js': "export const version = '0'",
    },
    { node, hotHook, env: { TMPDIR: './temporary', NODE_DEBUG_NATIVE: 'COMPILE_CACHE' } },
  )
  mkdirSync(app.path('temporary'))
  return app.start()
}

async function saveLeaf(app: App, times: number): Promise<void> {
  expect(await app.get()).toBe('0')
  for (let version = 1; version <= times; version++) {
    app.save('leaf.js', `export const version = '${version}'`)
    expect(await app.get()).toBe(String(version))
  }
}

/** What Node found in the cache for each version of a file, in order. */
function found(app: App, file: string): string[] {
  const pattern = new RegExp(`cache for (?:ESM )?file://\\S*/${file}\\S* was (.*?),`, 'g')
  return [...app.stderr.matchAll(pattern)].map(([, state]) => state as string)
}

const sharing = nodesThatBring('portableCompileCache')

describe.each(sharing)('the compile cache on Node %s', (node) => {
  it('has an importer that is loaded again unchanged, once it was reloaded', async () => {
    const app = startApp(node)
    await saveLeaf(app, 3)
    await app.until('four versions', () => found(app, 'leaf.js').length === 4)
    const compiled = 'not initialized'
    expect(found(app, 'app.js')).toEqual([compiled, compiled, 'accepted', 'accepted'])
    expect(found(app, 'leaf.js')).toEqual(Array(4).fill(compiled))
  })

  it('has one entry for a file, however often it was saved', async () => {
    const app = startApp(node)
    await saveLeaf(app, 20)
    app.child.kill('SIGTERM')
    await app.exit()
    const [directory] = readdirSync(app.path('temporary/node-compile-cache'))
    const entries = readdirSync(app.path(`temporary/node-compile-cache/${directory}`))
    const written = app.stderr.match(/writing cache for ESM \S+\/(server|app|leaf)\.js/g)
    expect(entries.length).toBeLessThan(20)
    expect(written?.length).toBe(3)
  })
})

describe.each(nodeMajors)('compileCache: false on Node %s', (node) => {
  it('leaves the compile cache off', async () => {
    const app = startApp(node, { compileCache: false })
    await saveLeaf(app, 1)
    expect(app.stderr).not.toContain('[compile cache]')
    expect(readdirSync(app.path('temporary'))).toEqual([])
  })
})

it.runIf(nodeMajors.includes('22'))('is on where Node keeps versions apart', async () => {
  const app = startApp('22')
  await saveLeaf(app, 1)
  await app.until('two versions', () => found(app, 'app.js').length === 2)
  expect(found(app, 'app.js')).toEqual(['not initialized', 'not initialized'])
})
