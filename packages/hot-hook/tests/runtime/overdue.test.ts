import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Transaction } from '../../src/loader/instances/transaction.ts'
import { innermost, overdueError, unfinishedOf, watchProgress } from '../../src/runtime/overdue.ts'
import { TestGraph } from '../harness/graph.ts'

const instance = (graph: TestGraph, name: string, url: string, format = 'module') => ({
  node: graph.node(name),
  version: 0,
  url,
  format,
  isFinal: true,
  lexed: undefined,
  transaction: undefined,
})

describe('a load', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is late once when nothing has come of it for 5 s', async () => {
    const late = vi.fn()
    const transaction = new Transaction([], false, true)
    watchProgress(transaction, late)
    await vi.advanceTimersByTimeAsync(4_000)
    transaction.add(instance(new TestGraph(), 'a', 'file:///a'))
    await vi.advanceTimersByTimeAsync(4_990)
    expect(late).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(20)
    expect(late).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(late).toHaveBeenCalledTimes(1)
  })

  it('is never late when the watch has ended', async () => {
    const late = vi.fn()
    watchProgress(new Transaction([], false, true), late)()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(late).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is not late for what it holds back itself', async () => {
    const late = vi.fn()
    const transaction = new Transaction([], false, true)
    const { promise, resolve } = Promise.withResolvers<void>()
    void transaction.hold(promise)
    watchProgress(transaction, late)
    await vi.advanceTimersByTimeAsync(30_000)
    resolve()
    await vi.advanceTimersByTimeAsync(4_900)
    expect(late).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(5_100)
    expect(late).toHaveBeenCalledTimes(1)
  })
})

it('the modules of a load that are still evaluated are found: ES modules that have not ended', async () => {
  const graph = new TestGraph()
  const transaction = new Transaction([], false, true)
  const waiting = 'data:text/javascript,await new Promise(() => {})'
  transaction.add(instance(graph, 'waits', waiting))
  transaction.add(instance(graph, 'typed', `${waiting}//typed`, 'module-typescript'))
  transaction.add(instance(graph, 'ended', 'data:text/javascript,export const a = 1'))
  transaction.add(instance(graph, 'broken', 'data:text/javascript,throw new Error()'))
  transaction.add(instance(graph, 'common', `${waiting}//common`, 'commonjs'))
  // Node has begun all of them.
  await Promise.allSettled(
    [...transaction.instances].slice(2, 4).map(({ url }) => import(/* @vite-ignore */ url)),
  )
  const unfinished = await unfinishedOf(transaction)
  expect(unfinished).toEqual([graph.node('waits'), graph.node('typed')])
})

it('the innermost of them is the one that waits for none of the others', () => {
  const graph = new TestGraph().edge('a', 'b').edge('b', 'c').edge('c', 'd')
  const [a, b, c] = ['a', 'b', 'c'].map((name) => graph.node(name))
  if (!a || !b || !c) throw new Error('three were made')
  expect(innermost([a, b, c])).toBe(c)
  expect(innermost([b, a])).toBe(b)
  graph.edge('c', 'a')
  expect(innermost([b, a, c])).toBe(b)
  expect(innermost([])).toBeUndefined()
})

it('the error of one that has not ended names its file', () => {
  const { message } = overdueError(new TestGraph().node('a.js'))
  expect(message).toBe('/a.js is still being evaluated after 5 s: a top-level await has not ended')
})
