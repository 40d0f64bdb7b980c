import { describe, expect, it } from 'vitest'
import {
  type HotPlan,
  type Plan,
  propagate,
  unreloadableModules,
} from '../../src/graph/propagate.ts'
import { names, TestGraph, TestRules } from '../harness/graph.ts'

function hot(plan: Plan): HotPlan {
  if (plan.kind !== 'hot') throw new Error(`full reload: ${names(plan.chain).join(' → ')}`)
  return plan
}

function chainOf(plan: Plan): string {
  if (plan.kind === 'hot') throw new Error(`hot: ${names(plan.stale).join(', ')}`)
  return `${names(plan.chain).join(' → ')}: ${plan.reason}`
}

const acceptancesOf = (plan: Plan) =>
  hot(plan).acceptances.map(({ module, dependency }) => names([module, dependency]).join(' '))

/** server (entry) → import() app → users → db. */
function server(): TestGraph {
  return new TestGraph()
    .entry('server')
    .edge('server', 'app', 'boundary')
    .edge('app', 'users')
    .edge('users', 'db')
}

describe('boundaries', () => {
  it('stop a change: it, the boundary and what is between them become stale', () => {
    const graph = server().edge('app', 'untouched')
    const plan = hot(propagate([graph.node('db')]))
    expect(names(plan.stale)).toEqual(['db', 'users', 'app'])
    expect(names(plan.boundaries)).toEqual(['app'])
    expect(plan.acceptances).toEqual([])
  })

  it('are themselves changed like any file under them', () => {
    const plan = hot(propagate([server().node('app')]))
    expect(names(plan.stale)).toEqual(['app'])
    expect(names(plan.boundaries)).toEqual(['app'])
  })

  it('can be several for one file, and nested: the nearest stops the change', () => {
    const graph = server().edge('users', 'lazy', 'boundary').edge('lazy', 'text')
    const nested = hot(propagate([graph.node('text')]))
    expect(names(nested.stale)).toEqual(['text', 'lazy'])
    expect(names(nested.boundaries)).toEqual(['lazy'])
    graph.edge('server', 'admin', 'boundary').edge('admin', 'db')
    const shared = hot(propagate([graph.node('db')]))
    expect(names(shared.boundaries)).toEqual(['admin', 'app'])
    expect(names(shared.stale)).toEqual(['db', 'users', 'admin', 'app'])
  })

  it('do not stop it where the same file is imported statically too', () => {
    const graph = server().edge('server', 'app')
    expect(chainOf(propagate([graph.node('db')]))).toBe(
      'db → users → app → server: it is the entry',
    )
  })
})

describe('full reload', () => {
  it('is the answer to a path that reaches the entry, and names the shortest one', () => {
    const graph = server().edge('server', 'config').edge('config', 'db')
    expect(chainOf(propagate([graph.node('db')]))).toBe('db → config → server: it is the entry')
  })

  it('is what start-up wiring leads to', () => {
    const graph = new TestGraph().entry('main').edge('main', 'server', 'start-up')
    expect(chainOf(propagate([graph.node('server')]))).toBe('server → main: it is the entry')
  })

  it('is the answer to an ignored package that imports the file', () => {
    const graph = server().edge('framework', 'db')
    graph.node('framework').isIgnored = true
    expect(chainOf(propagate([graph.node('db')]))).toBe(
      'db → framework: it is in an ignored package',
    )
  })

  it('is the answer to what can never be loaded again', () => {
    const graph = server()
    graph.node('db').unreloadable = 'it is a native addon'
    expect(chainOf(propagate([graph.node('db')]))).toBe('db: it is a native addon')
    expect(hot(propagate([graph.node('users')])).stale.size).toBe(2)
  })

  it('is the answer to what was loaded before Hot Hook', () => {
    const graph = server().edge('main', 'db')
    graph.node('main').isOutside = true
    expect(chainOf(propagate([graph.node('db')]))).toBe('db → main: it was loaded before Hot Hook')
  })

  it('starts at the one of several changed files whose path leads there', () => {
    const graph = server().edge('server', 'config')
    const plan = propagate([graph.node('db'), graph.node('config')])
    expect(chainOf(plan)).toBe('config → server: it is the entry')
    expect(plan.kind === 'full-reload' && plan.module).toBe(graph.node('config'))
  })

  it('is what declining asks for, for the module itself and for what it imports', () => {
    const rules = new TestRules({ declined: ['users'], selves: ['users'], pairs: ['users db'] })
    const graph = server()
    expect(chainOf(propagate([graph.node('users')], rules))).toBe('users: it declined')
    expect(chainOf(propagate([graph.node('db')], rules))).toBe('db → users: it declined')
    expect(hot(propagate([graph.node('app')], rules)).stale.size).toBe(1)
  })
})

describe('accepting', () => {
  it('stops a change at a module that accepts itself', () => {
    const graph = new TestGraph().entry('server').edge('server', 'a').edge('a', 'b')
    const plan = propagate([graph.node('b')], new TestRules({ selves: ['a'] }))
    expect(names(hot(plan).stale)).toEqual(['b', 'a'])
    expect(acceptancesOf(plan)).toEqual(['a a'])
  })

  it('stops a change at a module that accepts the dependency: that one is not stale', () => {
    const graph = new TestGraph().entry('server').edge('server', 'a').edge('a', 'b')
    const plan = propagate([graph.node('b')], new TestRules({ pairs: ['server a'] }))
    expect(names(hot(plan).stale)).toEqual(['b', 'a'])
    expect(acceptancesOf(plan)).toEqual(['server a'])
  })

  it('must be on every path', () => {
    const graph = new TestGraph().entry('server').edge('server', 'a').edge('server', 'b')
    graph.edge('a', 'c').edge('b', 'c')
    const rules = new TestRules({ selves: ['a'] })
    expect(chainOf(propagate([graph.node('c')], rules))).toBe('c → b → server: it is the entry')
  })

  it('passes a refused change on to the importers, which are stale; the refusing one is not', () => {
    const graph = server()
    const users = graph.node('users')
    const rules = new TestRules({ selves: ['users'] })
    const plan = propagate([users], rules, new Set([users]))
    expect(names(hot(plan).stale)).toEqual(['app'])
    expect(hot(plan).acceptances).toEqual([])
  })

  it('lets an entry take its own change, unless it refused it', () => {
    const graph = server()
    const entry = graph.node('server')
    const rules = new TestRules({ selves: ['server'] })
    expect(acceptancesOf(propagate([entry], rules))).toEqual(['server server'])
    expect(chainOf(propagate([entry], rules, new Set([entry])))).toBe('server: it is the entry')
  })
})

describe('work is linear', () => {
  it('in cycles', () => {
    const graph = server().edge('db', 'app').edge('users', 'app')
    expect(names(hot(propagate([graph.node('db')])).stale)).toEqual(['db', 'users', 'app'])
  })

  it('in a cycle that nothing else imports', () => {
    const graph = new TestGraph().edge('a', 'b').edge('b', 'a')
    expect(names(hot(propagate([graph.node('a')])).stale)).toEqual(['a', 'b'])
  })

  it('in a ladder of 30 diamonds, where there are 2 to the 30th paths', () => {
    const graph = new TestGraph().entry('entry').edge('entry', 'top0', 'boundary')
    for (let rung = 0; rung < 30; rung++) {
      for (const side of ['left', 'right']) {
        graph.edge(`top${rung}`, `${side}${rung}`).edge(`${side}${rung}`, `top${rung + 1}`)
      }
    }
    const rules = new TestRules()
    const plan = hot(propagate([graph.node('top30')], rules))
    expect(plan.stale.size).toBe(91)
    expect(names(plan.boundaries)).toEqual(['top0'])
    // Two questions a module, two an edge.
    expect(rules.questions).toBeLessThanOrEqual(2 * 91 + 2 * 121)
    expect(unreloadableModules(graph.modules())).toEqual(new Set([graph.node('entry')]))
    expect(graph.closure(graph.node('top0')).size).toBe(91)
  })

  it('in a tree of 10,000 modules', () => {
    const graph = new TestGraph().entry('entry').edge('entry', '1', 'boundary')
    for (let node = 2; node <= 10_000; node++) graph.edge(String(node >> 1), String(node))
    const rules = new TestRules()
    expect(hot(propagate([graph.node('10000')], rules)).stale.size).toBe(14)
    expect(rules.questions).toBeLessThanOrEqual(4 * 14)
    const leaves = [...graph.modules()].filter((node) => node.imports.size === 0)
    const all = new TestRules()
    expect(hot(propagate(leaves, all)).stale.size).toBe(10_000)
    expect(all.questions).toBeLessThanOrEqual(4 * 10_000)
  })

  it('in a chain of 100,000, without overflowing the stack', () => {
    const graph = new TestGraph().entry('0')
    for (let node = 1; node < 100_000; node++) graph.edge(String(node - 1), String(node))
    const last = graph.node('99999')
    const plan = propagate([last])
    expect(plan.kind === 'full-reload' && plan.chain.length).toBe(100_000)
    expect(unreloadableModules(graph.modules()).size).toBe(100_000)
    graph.node('0').isEntry = false
    graph.edge('entry', '0', 'boundary')
    expect(hot(propagate([last])).stale.size).toBe(100_000)
  })
})

describe('unreloadableModules', () => {
  it('is what propagation says, module by module', () => {
    const graph = server().edge('server', 'config').edge('config', 'shared').edge('app', 'shared')
    graph.edge('app', 'panel').edge('panel', 'chart').edge('server', 'panel')
    graph.edge('legacy', 'own').edge('legacy', 'other').edge('app', 'legacy')
    const rules = new TestRules({
      selves: ['panel'],
      pairs: ['legacy own'],
      declined: ['legacy'],
    })
    const expected = [...graph.modules()].filter(
      (node) => propagate([node], rules).kind === 'full-reload',
    )
    expect(names(expected).sort()).toEqual(['config', 'legacy', 'other', 'own', 'server', 'shared'])
    expect(unreloadableModules(graph.modules(), rules)).toEqual(new Set(expected))
  })
})

describe('a module that a failed load has left behind', () => {
  it('accepts nothing: it is loaded again, and the running one is called back', () => {
    const graph = new TestGraph().entry('server').edge('server', 'users').edge('users', 'db')
    const rules = new TestRules({ pairs: ['server users', 'users db'] })
    const users = graph.node('users')
    expect(names(hot(propagate([graph.node('db')], rules)).stale)).toEqual(['db'])
    users.version = graph.nextVersion()
    users.failed = users.version
    graph.edge('users', 'db')
    const plan = propagate([graph.node('db')], rules)
    expect(names(hot(plan).stale)).toEqual(['db', 'users'])
    expect(acceptancesOf(plan)).toEqual(['users db', 'server users'])
    users.running = users.version
    expect(names(hot(propagate([graph.node('db')], rules)).stale)).toEqual(['db'])
  })

  it('stays when what changes is imported by the one that runs alone', () => {
    const graph = server().edge('app', 'db')
    const [users, db] = [graph.node('users'), graph.node('db')]
    users.version = graph.nextVersion()
    expect(names(hot(propagate([db])).stale)).toEqual(['db', 'users', 'app'])
    users.failed = users.version
    expect(names(hot(propagate([db])).stale)).toEqual(['db', 'app'])
    // What it does when it runs is not known yet.
    graph.edge('users', 'db', 'watch')
    expect(names(hot(propagate([db])).stale)).toEqual(['db', 'users', 'app'])
  })
})
