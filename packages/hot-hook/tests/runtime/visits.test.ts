import { EventEmitter } from 'node:events'
import { setImmediate as immediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ModuleNode } from '../../src/graph/module-graph.ts'
import { Transaction } from '../../src/loader/instances/transaction.ts'
import { Visits } from '../../src/runtime/visits.ts'
import { TestGraph } from '../harness/graph.ts'

/** What is looked at of a response. */
class Response extends EventEmitter {
  destroyed = false
  writableEnded = false
  readonly type: string | undefined

  constructor(type?: string) {
    super()
    this.type = type
  }

  getHeader(name: string): string | undefined {
    return name === 'content-type' ? this.type : undefined
  }

  end(): void {
    this.writableEnded = true
    this.emit('close')
  }
}

const request = (accept?: string) => ({ headers: { accept } })

let graph: TestGraph
let overstayed: number[]
let visits: Visits
let isOver: boolean

beforeEach(() => {
  graph = new TestGraph().edge('app', 'users').edge('app', 'page', 'boundary')
  overstayed = []
  visits = new Visits({ graph, overstayed: (count) => overstayed.push(count) })
})

afterEach(() => void vi.useRealTimers())

const only = (...names: string[]) => new Set(names.map((name) => graph.node(name)))
const update = () => new Transaction([], false, true)

/** Waits until those have left that are inside what is replaced. */
function leave(replaced: string, transaction = update()): Promise<void> {
  isOver = false
  return visits.leave(transaction, [graph.node(replaced)]).then(() => {
    isOver = true
  })
}

/** Nobody is waited for. */
async function leaveAtOnce(replaced: string, transaction = update()): Promise<void> {
  void leave(replaced, transaction)
  await immediate()
  expect(isOver).toBe(true)
}

/** An app that a handler has imported. */
function imported(node: ModuleNode): void {
  visits.load(() => visits.imported(node, true))
}

describe('what a handler imports', () => {
  it('is known, also when it loads another app meanwhile, or fails', () => {
    const [app, other] = [graph.node('app'), graph.node('other')]
    expect(visits.isLoading).toBe(false)
    const { loaded, roots } = visits.load(() => {
      expect(visits.isLoading).toBe(true)
      const inner = visits.load(() => visits.imported(other, true))
      expect([...inner.roots]).toEqual([other])
      expect(visits.isLoading).toBe(true)
      visits.imported(app, false)
      return 'loaded'
    })
    expect([loaded, [...roots]]).toEqual(['loaded', [app]])
    const fails = () => {
      throw new Error('broken')
    }
    expect(() => visits.load(fails)).toThrow('broken')
    expect(visits.isLoading).toBe(false)
  })
})

describe('a load waits for requests', () => {
  it('that are inside what it replaces, until they are answered', async () => {
    const [first, second] = [new Response(), new Response()]
    visits.enter(only('app'), request(), first)
    visits.enter(only('app'), request(), second)
    const gone = leave('users')
    first.end()
    await immediate()
    expect(isOver).toBe(false)
    second.end()
    await gone
    expect(overstayed).toEqual([])
    await leaveAtOnce('users')
  })

  it('that use several apps, of which one is replaced with others', async () => {
    const response = new Response()
    visits.enter(only('app', 'other'), request(), response)
    isOver = false
    const replaced = [graph.node('users'), graph.node('elsewhere')]
    const gone = visits.leave(update(), replaced).then(() => {
      isOver = true
    })
    await immediate()
    expect(isOver).toBe(false)
    response.end()
    await gone
  })

  it('whose work has not ended, whatever comes of it', async () => {
    const works = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const given = works.map(({ promise }) => promise)
    expect(given.map((work) => visits.during(only('app'), work))).toEqual(given)
    given[1]?.catch(() => undefined)
    const gone = leave('users')
    works[0]?.resolve()
    await immediate()
    expect(isOver).toBe(false)
    works[1]?.reject(new Error('broken'))
    await immediate()
    expect(isOver).toBe(true)
    await gone
    await leaveAtOnce('users')
  })

  it('of who imports in another way, wherever they may be', async () => {
    const response = new Response()
    visits.enter(new Set(), request(), response)
    const gone = leave('anything')
    await immediate()
    expect(isOver).toBe(false)
    response.end()
    await gone
  })

  it('of what its own roots are to handlers, when it is no update', async () => {
    imported(graph.node('app'))
    const response = new Response()
    visits.enter(only('app'), request(), response)
    await leaveAtOnce('users', new Transaction([graph.node('page')], false, false))
    const gone = leave(
      'users',
      new Transaction([graph.node('page'), graph.node('app')], false, false),
    )
    await immediate()
    expect(isOver).toBe(false)
    response.end()
    await gone
  })
})

describe('a load does not wait for requests', () => {
  it('that have left, or were over when they came', async () => {
    const [ended, destroyed, later] = [new Response(), new Response(), new Response()]
    ended.writableEnded = true
    destroyed.destroyed = true
    for (const response of [ended, destroyed, later]) visits.enter(only('app'), request(), response)
    later.destroyed = true
    await leaveAtOnce('users')
  })

  it('that are inside something else, or behind a boundary of it', async () => {
    visits.enter(only('other'), request(), new Response())
    visits.enter(only('app'), request(), new Response())
    await leaveAtOnce('page')
  })

  it('that are streams of events, by what is asked for or answered', async () => {
    visits.enter(only('app'), request('text/event-stream'), new Response())
    visits.enter(only('app'), request('*/*'), new Response('text/event-stream; charset=utf-8'))
    await leaveAtOnce('users')
    visits.enter(
      only('app'),
      request('text/event-streams'),
      new Response('application/text/event-stream'),
    )
    const gone = leave('users')
    await immediate()
    expect(isOver).toBe(false)
    imported(graph.node('app'))
    visits.imported(graph.node('app'), true)
    await gone
  })

  it('for ever: those that stay are counted', async () => {
    vi.useFakeTimers()
    const responses = [new Response(), new Response(), new Response()]
    for (const response of responses) visits.enter(only('app'), request(), response)
    const gone = leave('users')
    responses[0]?.end()
    await vi.advanceTimersByTimeAsync(4_999)
    expect(isOver).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await gone
    expect(overstayed).toEqual([2])
  })

  it('when one of them may be what asks for it: something that is due is imported', async () => {
    visits.enter(only('app'), request(), new Response())
    const gone = leave('users')
    visits.imported(graph.node('page'), false)
    visits.load(() => visits.imported(graph.node('page'), true))
    await immediate()
    expect(isOver).toBe(false)
    visits.imported(graph.node('page'), true)
    await gone
    expect(overstayed).toEqual([])
  })
})

it('many requests come and go, and who stays is waited for', async () => {
  const staying = new Response()
  visits.enter(only('app'), request(), staying)
  for (let count = 0; count < 100; count++) {
    const response = new Response()
    visits.enter(only('app'), request(), response)
    response.end()
  }
  const gone = leave('users')
  await immediate()
  expect(isOver).toBe(false)
  staying.end()
  await gone
})

it('work that has ended is not counted among those that stay', async () => {
  vi.useFakeTimers()
  await visits.during(only('app'), Promise.resolve())
  await visits.during(only('app'), Promise.reject(new Error('broken'))).catch(() => undefined)
  visits.enter(only('app'), request(), new Response())
  const gone = leave('users')
  await vi.advanceTimersByTimeAsync(5_000)
  await gone
  expect(overstayed).toEqual([1])
})

it('what has left is not held', async () => {
  const held = Array.from({ length: 1_000 }, () => {
    const response = new Response()
    visits.enter(only('app'), request(), response)
    response.end()
    return new WeakRef(response)
  })
  // A WeakRef holds what it refers to until the turn has ended.
  await immediate()
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  expect(held.filter((each) => each.deref()).length).toBeLessThan(50)
})
