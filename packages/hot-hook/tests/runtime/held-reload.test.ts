import { describe, expect, it } from 'vitest'
import { missingSource } from '../../src/files/signature.ts'
import type { ModuleNode } from '../../src/graph/module-graph.ts'
import type { FullReloadPlan } from '../../src/graph/propagate.ts'
import { HeldReload } from '../../src/runtime/held-reload.ts'
import { names, TestGraph } from '../harness/graph.ts'

/** A program, what does not compile of it, and what a full reload that may be held has done. */
class Program {
  readonly graph = new TestGraph()
  readonly errors = new Map<ModuleNode, unknown>()
  readonly settling = new Set<ModuleNode>()
  readonly done: string[] = []
  readonly held = new HeldReload({
    graph: this.graph,
    loadErrorOf: (node) => this.errors.get(node),
    settles: (node) => this.settling.has(node),
    fullReload: ({ module }) => this.done.push(`reload for ${names([module])}`),
    failed: ({ file, error, phase }) => this.done.push(`${phase} of ${file.slice(1)}: ${error}`),
    held: ({ module }, by) => this.done.push(`${names([module])} held by ${names([by])}`),
  })

  /** `server` is the entry; each edge is `importer>dependency`, `+>` for wiring, `~>` for a boundary. */
  constructor(...edges: string[]) {
    this.graph.entry('server')
    for (const edge of edges) {
      const [, importer = '', kind, dependency = ''] = /^([\w./]+)([+~]?)>(.+)$/.exec(edge) ?? []
      const as = kind === '+' ? 'start-up' : kind === '~' ? 'boundary' : 'static'
      this.graph.edge(importer, dependency, as)
    }
    for (const node of this.graph.modules()) node.wasLoaded = true
  }

  node(name: string): ModuleNode {
    return this.graph.node(name)
  }

  save(name: string, source: string, error?: unknown): this {
    const node = this.node(name)
    node.hasChanged = true
    node.signature = { mtimeMs: 0, ctimeMs: 0, size: 0, readAt: 0, source }
    if (error === undefined) this.errors.delete(node)
    else this.errors.set(node, error)
    return this
  }

  request(name: string): boolean {
    const plan: FullReloadPlan = {
      kind: 'full-reload',
      module: this.node(name),
      chain: [this.node(name)],
      reason: 'it is the entry',
    }
    return this.held.request(plan)
  }
}

it('a full reload goes at once when all that a start loads compiles', () => {
  const program = new Program('server>app').save('app', '')
  expect(program.request('app')).toBe(false)
  expect(program.done).toEqual(['reload for app'])
  expect(program.held.isHeld).toBe(false)
})

it('one of a file that does not compile waits for its next good save, and each error is said once', () => {
  const program = new Program('server>app')
    .save('server', "import './app'")
    .save('app', '(', 'no )')
  expect(program.request('app')).toBe(false)
  expect(program.held.isHeld).toBe(true)
  program.held.retry()
  program.save('app', '[', 'no ]')
  program.held.retry()
  program.held.retry()
  expect(program.done).toEqual(['load of app: no )', 'load of app: no ]'])
  program.save('app', '')
  program.held.retry()
  expect(program.done.at(-1)).toBe('reload for app')
  expect(program.held.isHeld).toBe(false)
  program.held.retry()
  expect(program.done).toHaveLength(3)
})

it('the errors of two are told apart by what they say, stack and all', () => {
  const program = new Program('server>app')
  const error = new Error('broken')
  program.save('app', '(', error)
  program.request('app')
  program.held.retry()
  const again = new Error('broken')
  again.stack = 'elsewhere'
  program.save('app', '(', again)
  program.held.retry()
  expect(program.done).toHaveLength(2)
})

it('one that waits for another file says which', () => {
  const program = new Program('server>app', 'server>other')
    .save('app', '')
    .save('other', '(', 'no )')
  expect(program.request('app')).toBe(false)
  expect(program.done).toEqual(['load of other: no )', 'app held by other'])
})

it('what is in the middle of a save is waited for without a word', () => {
  const program = new Program('server>app')
  program.settling.add(program.node('app'))
  program.request('app')
  expect(program.done).toEqual([])
  expect(program.held.isHeld).toBe(true)
  program.settling.clear()
  program.held.retry()
  expect(program.done).toEqual(['reload for app'])
})

it('an error of what was not saved, or never loaded, holds nothing; one of what was loaded before does', () => {
  const program = new Program('server>app').save('app', '')
  program.errors.set(program.node('server'), 'old')
  program.save('new', '(', 'no )')
  program.graph.edge('app', 'new')
  program.save('app', "import './new'")
  program.request('app')
  expect(program.done).toEqual(['reload for app'])
  program.node('new').isOutside = true
  program.request('app')
  expect(program.done.slice(1)).toEqual(['load of new: no )', 'app held by new'])
})

it('waits for nothing but itself where only requests would load it', () => {
  const program = new Program('server~>app').save('app', '(', 'no )')
  expect(program.request('app')).toBe(true)
  expect(program.done).toEqual(['load of app: no )'])
  program.save('server', "import './app'")
  expect(program.request('app')).toBe(false)
  program.save('server', '').save('app', '(', 'no )')
  expect(program.request('app')).toBe(false)
  expect(program.done.at(-1)).toBe('reload for app')
})

it('waits for itself where one of several importers may still ask for it', () => {
  const program = new Program('server~>app', 'other~>app').save('other', '')
  program.save('app', '(', 'no )').request('app')
  expect(program.held.isHeld).toBe(true)
})

it('waits for more than itself when another file is broken as well', () => {
  const program = new Program('server~>app', 'server>db')
  program.save('db', '(', 'no )').save('app', '(', 'no )')
  expect(program.request('app')).toBe(false)
})

describe('a broken file holds a full reload when a start loads it:', () => {
  /** Whether the broken `db` holds one of `server`, whose new source this is, if any. */
  function holds(program: Program, source?: string): boolean {
    if (source !== undefined) program.save('server', source)
    program.save(program.graph.get('/lib/db.js') ? 'lib/db.js' : 'db', '(', 'no )')
    program.request('server')
    return program.held.isHeld
  }

  it('it is imported by statement, at any depth, or by an ignored package', () => {
    expect(holds(new Program('server>app', 'app>db'))).toBe(true)
    const program = new Program('plugin>db', 'other>x')
    expect(holds(program)).toBe(false)
    program.node('plugin').isIgnored = true
    expect(holds(program)).toBe(true)
  })

  it('not when only requests ask for it', () => {
    expect(holds(new Program('server~>db'))).toBe(false)
  })

  it('it is wiring, or was before it was asked for again', () => {
    expect(holds(new Program('server+>db'))).toBe(true)
    const program = new Program('server~>db')
    program.node('server').imports.get(program.node('db'))?.wiredAt.set('./db', 0)
    expect(holds(program)).toBe(true)
  })

  it.each([
    ["import './db.js'", true],
    ["import { open } from '../db.js'", true],
    ["export * from './db'", true],
    ["const db = require('./db')", true],
    ['const db = require(`./db`)', true],
    ["const db = require ( './db' )", true],
    ["import x from './other.js'", false],
    ["const name = './db.js'", false],
    ['db()', false],
  ])('the new source of who imports it says so: %s %s', (source, isHeld) => {
    expect(holds(new Program('server>lib/db.js'), source)).toBe(isHeld)
  })

  it('a file in the middle of a save that nobody imports yet is loaded by the new source', () => {
    const program = new Program('server>app', 'app~>db').save('server', "import './db'")
    program.settling.add(program.node('db'))
    program.request('server')
    expect(program.held.isHeld).toBe(true)
  })

  it('the source of who was not saved says nothing: it may name a file as it likes', () => {
    const program = new Program('server>app', 'app>db').save('app', "import '#data'")
    program.node('app').hasChanged = false
    expect(holds(program)).toBe(true)
  })

  it('a saved file that nobody imports yet is loaded by the new source, but for one that is gone', () => {
    const program = new Program('server>app', 'app~>db')
    expect(holds(program, "import './db'")).toBe(true)
    expect(holds(new Program('server>app', 'app>db'), missingSource)).toBe(true)
  })

  it.each([
    ['await import(path)', true],
    ['require(join(a, b))', true],
    [`await import(\`./\${name}.js\`)`, true],
    ["await import('./other.js')", false],
    ['await import("./other.js")', false],
    ['await import(`./other.js`)', false],
    ['none()', false],
  ])(
    'what was wiring is that still where the new source computes what it imports: %s %s',
    (source, isHeld) => {
      expect(holds(new Program('server+>db'), source)).toBe(isHeld)
    },
  )

  it('what was wiring is that still where the new source names it', () => {
    expect(holds(new Program('server+>db'), "await load('db')")).toBe(true)
  })

  it('not behind an index file that only requests ask for', () => {
    const program = new Program('server>app', 'app~>lib/index.js', 'lib/index.js>db')
    expect(holds(program, "import './app'")).toBe(false)
  })

  it('an index file may be meant by any directory', () => {
    const program = new Program('server>lib/index.js')
    program.save('server', "import './lib'").save('lib/index.js', '(', 'no )')
    program.request('server')
    expect(program.held.isHeld).toBe(true)
  })
})
