import { setImmediate as immediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ModuleNode } from '../../src/graph/module-graph.ts'
import { Transaction } from '../../src/loader/instances/transaction.ts'
import { Disposal } from '../../src/runtime/disposal.ts'
import { handlerScope } from '../../src/runtime/handler-scope.ts'
import type { HotContext } from '../../src/runtime/hot-context.ts'
import { TestProgram } from '../harness/contexts.ts'

let program: TestProgram
let done: string[]
let left: Promise<void>
let disposal: Disposal

beforeEach(() => {
  program = new TestProgram()
  done = []
  left = Promise.resolve()
  disposal = new Disposal(program.registry, {
    report: ({ file, error, phase }) => {
      done.push(`${phase} of ${file}: ${error instanceof Error ? error.message : error}`)
    },
    leave: (_, replaced) => {
      done.push(`left ${replaced.map(({ file }) => file).join(' ')}`)
      return left
    },
  })
})

afterEach(() => void vi.useRealTimers())

/** A module that runs and says when it is disposed. */
function disposable(name: string, handler: () => unknown = () => done.push(name)): HotContext {
  const context = program.run(name)
  context.api.dispose(handler)
  return context
}

/** A load of these modules in version 1. */
function load(...names: string[]): Transaction {
  const nodes = names.map((name) => program.node(name))
  const transaction = new Transaction(nodes, true, true)
  for (const node of nodes) {
    node.version = 1
    transaction.add({
      node,
      version: 1,
      url: node.url,
      format: 'module',
      isFinal: true,
      lexed: undefined,
      transaction,
    })
  }
  return transaction
}

describe('the gate of a load', () => {
  it('is open where nothing has to be disposed', () => {
    program.run('a')
    const transaction = load('a')
    expect(disposal.gate(transaction, [])).toBeUndefined()
    expect(transaction.isEvaluating).toBe(true)
  })

  it('opens when requests have left and handlers have ended, importers first, and for all at once', async () => {
    disposable('dep')
    disposable('app', async () => {
      await immediate()
      done.push('app')
    })
    disposable('other')
    const gone = Promise.withResolvers<void>()
    left = gone.promise
    const transaction = load('dep', 'app')
    const gates = [disposal.gate(transaction, []), disposal.gate(transaction, [])]
    await immediate()
    expect(done).toEqual(['left /dep /app'])
    expect(transaction.silentMs).toBe(0)
    gone.resolve()
    await Promise.all(gates)
    expect(done).toEqual(['left /dep /app', 'app', 'dep'])
  })

  it('is still closed to who comes when all handlers have been called and not ended', async () => {
    const gone = Promise.withResolvers<void>()
    disposable('a', () => gone.promise.then(() => done.push('a')))
    const transaction = load('a')
    const first = disposal.gate(transaction, [])
    await immediate()
    const second = disposal.gate(transaction, [])?.then(() => done.push('second'))
    await immediate()
    expect(done).toEqual(['left /a'])
    gone.resolve()
    await Promise.all([first, second])
    expect(done).toEqual(['left /a', 'a', 'second'])
  })

  it('waits for an earlier load of the same modules, and for no other', async () => {
    disposable('a')
    const [rival, stranger, transaction] = [load('a', 'x'), load('b'), load('a', 'c')]
    const gate = disposal.gate(transaction, [rival, stranger])
    await immediate()
    expect(done).toEqual([])
    rival.end(false)
    await gate
    expect(done).toEqual(['left /a', 'a'])
  })

  it('waits also where nothing has to be disposed so far, and not for one that has ended', async () => {
    const [rival, transaction] = [load('a'), load('a')]
    expect(disposal.gate(transaction, [load('b')])).toBeUndefined()
    let isOpen = false
    const gate = disposal.gate(transaction, [rival])?.then(() => {
      isOpen = true
    })
    await immediate()
    expect(isOpen).toBe(false)
    rival.end(false)
    await gate
    expect(isOpen).toBe(true)
    disposable('c')
    const next = load('c')
    const ended = load('c')
    ended.end(true)
    await disposal.gate(next, [ended])
    expect(done).toEqual(['left /c', 'c'])
  })

  it('does not wait for ever for one that does not end', async () => {
    vi.useFakeTimers()
    disposable('a')
    const gate = disposal.gate(load('a'), [load('a')])
    await vi.advanceTimersByTimeAsync(5_000)
    await gate
    expect(done).toEqual(['left /a', 'a'])
  })

  it('waits for what was of the same file and leaves the program', async () => {
    const gone = Promise.withResolvers<void>()
    const old = disposable('a', () => gone.promise.then(() => done.push('a')))
    const pruning = disposal.prune(old.module)
    expect(disposal.isPruning).toBe(true)
    expect(disposal.gate(load('b'), [])).toBeUndefined()
    let isOpen = false
    const gate = disposal.gate(load('a'), [])?.then(() => {
      isOpen = true
    })
    await immediate()
    expect([isOpen, done]).toEqual([false, []])
    gone.resolve()
    await gate
    expect(isOpen).toBe(true)
    await pruning
    expect(done[0]).toBe('a')
    expect(disposal.isPruning).toBe(false)
  })
})

it('a load that cannot wait calls the handlers and does not await them', async () => {
  disposable('dep', () => immediate().then(() => done.push('dep, later')))
  disposable('app')
  const { api } = disposable('events')
  api.on('update', () => {})
  const transaction = load('dep', 'app', 'events')
  disposal.gateSync(transaction)
  expect(transaction.isEvaluating).toBe(true)
  expect(done).toEqual(['events', 'app'])
  expect(program.asked).toContain('off update')
  await immediate()
  await immediate()
  expect(done.at(-1)).toBe('dep, later')
  expect(done).toHaveLength(3)
  disposable('broken', () => {
    throw new Error('thrown')
  })
  disposal.gateSync(load('broken'))
  await immediate()
  expect(done.at(-1)).toBe('dispose of /broken: thrown')
})

it('what a load replaces that is about to begin is disposed, when requests have left it', async () => {
  const { module } = disposable('a')
  const plain = program.run('plain').module
  await disposal.disposeReplaced(new Transaction([], false, true), [module, plain])
  expect(done).toEqual([])
  for (const node of [module, plain]) node.version = 1
  await disposal.disposeReplaced(new Transaction([], false, true), [plain])
  expect(done).toEqual([])
  await disposal.disposeReplaced(new Transaction([], false, true), [module, plain])
  expect(done).toEqual(['left /a', 'a'])
})

describe('handlers', () => {
  it('get the data, run once, the last first, each after the other, and their events end', async () => {
    const context = program.run('a')
    context.api.data.count = 1
    context.api.on('update', () => {})
    context.api.dispose((data: { count: number }) => done.push(`first ${data.count}`))
    context.api.dispose(async () => {
      await immediate()
      done.push('second')
    })
    await disposal.dispose([context])
    await disposal.dispose([context])
    expect(done).toEqual(['second', 'first 1'])
    expect(program.asked).toEqual(['on update', 'off update'])
  })

  it('know that they dispose: what they import must not be loaded anew', async () => {
    const context = disposable('a', () => done.push(`${handlerScope()?.phase}`))
    await disposal.dispose([context])
    expect(done).toEqual(['dispose'])
  })

  it('that throw or reject are reported, and the others run', async () => {
    const context = disposable('a')
    context.api.dispose(() => Promise.reject(new Error('rejected')))
    context.api.dispose(() => {
      throw new Error('thrown')
    })
    await disposal.dispose([context])
    expect(done).toEqual(['dispose of /a: thrown', 'dispose of /a: rejected', 'a'])
  })

  it('that do not end are reported after 5 s, and no longer waited for', async () => {
    vi.useFakeTimers()
    const context = disposable('a')
    context.api.dispose(() => new Promise(() => {}))
    const ended = disposal.dispose([context])
    await vi.advanceTimersByTimeAsync(4_999)
    expect(done).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await ended
    expect(done).toEqual([
      'dispose of /a: A dispose handler of /a has not ended after 5 s; it is no longer waited for',
      'a',
    ])
  })
})

describe('what leaves the program', () => {
  it('is disposed, then pruned, with its data', async () => {
    const { module, api } = disposable('a')
    api.data.count = 2
    api.prune((data) => void done.push(`pruned ${data.count}`))
    api.prune(() => Promise.reject(new Error('rejected')))
    const pruning = disposal.prune(module)
    expect(disposal.isPruning).toBe(true)
    await pruning
    expect(disposal.isPruning).toBe(false)
    expect(done).toEqual(['a', 'pruned 2', 'prune of /a: rejected'])
  })

  it('leaves one after the other where two are of one file', async () => {
    const gone = Promise.withResolvers<void>()
    const first: ModuleNode = disposable('a', () =>
      gone.promise.then(() => done.push('first')),
    ).module
    const pruning = disposal.prune(first)
    const again = disposal.prune(first)
    await immediate()
    gone.resolve()
    await pruning
    expect(disposal.isPruning).toBe(true)
    await again
    expect([disposal.isPruning, done]).toEqual([false, ['first']])
  })
})

it('before a restart all that runs is disposed, in no more time than one handler has', async () => {
  vi.useFakeTimers()
  disposable('a')
  disposable('b', () => new Promise(() => {}))
  disposable('c', () => new Promise(() => {}))
  const ended = disposal.disposeAll()
  await vi.advanceTimersByTimeAsync(5_000)
  await ended
  await vi.advanceTimersByTimeAsync(10_000)
  expect(done.filter((each) => each === 'a')).toEqual(['a'])
})
