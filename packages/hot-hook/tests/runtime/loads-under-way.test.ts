import { setImmediate as immediate } from 'node:timers/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { syntheticUrl } from '../../src/loader/instances/module-url.ts'
import { Transaction } from '../../src/loader/instances/transaction.ts'
import { LoadsUnderWay } from '../../src/runtime/loads-under-way.ts'
import { TestProgram } from '../harness/contexts.ts'

afterEach(() => void vi.useRealTimers())

const program = new TestProgram()

function load(names: string[] = [], version = 1, isGated = false): Transaction {
  const transaction = new Transaction([], isGated, true)
  for (const name of names) {
    const node = program.node(name)
    const { url } = node
    const format = 'module'
    const lexed = undefined
    transaction.add({ node, version, url, format, isFinal: true, lexed, transaction })
  }
  return transaction
}

it('a load is known by what it starts with, until it or the one that took its place has ended', () => {
  const loads = new LoadsUnderWay()
  const [first, second] = [load(), load()]
  loads.add('file:///a', first)
  expect(loads.get('file:///a')).toBe(first)
  expect(loads.get('file:///b')).toBeUndefined()
  loads.add('file:///a', second)
  loads.remove('file:///a', first)
  expect(loads.get('file:///a')).toBe(second)
  loads.remove('file:///a', second)
  expect(loads.get('file:///a')).toBeUndefined()
})

it('the earlier ones are those that began before', () => {
  const loads = new LoadsUnderWay()
  const [a, b, c] = [load(), load(), load()]
  loads.add('a', a)
  loads.add('b', b)
  loads.add('c', c)
  expect(loads.earlierThan(a)).toEqual([])
  expect(loads.earlierThan(c)).toEqual([a, b])
  expect(loads.earlierThan(load())).toEqual([])
})

it('they are gated when one of them is', () => {
  const loads = new LoadsUnderWay()
  expect(loads.areGated).toBe(false)
  loads.add('a', load())
  expect(loads.areGated).toBe(false)
  loads.add('b', load([], 1, true))
  expect(loads.areGated).toBe(true)
})

it('they go on with the version that a module had when it first got a new one', () => {
  const loads = new LoadsUnderWay()
  const [a, b] = [load(), load()]
  loads.add('a', a)
  const node = program.node('pinned')
  node.version = 3
  loads.pin(node)
  node.version = 4
  loads.add('b', b)
  loads.pin(node)
  expect([a.pinned.get(node), b.pinned.get(node)]).toEqual([3, 4])
})

it('who needs modules waits for the loads that evaluate them, 5 s at most', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const loads = new LoadsUnderWay()
  const [linking, other, evaluating] = [load(['a']), load(['b', 'c']), load(['c', 'a'])]
  for (const [index, each] of [linking, other, evaluating].entries()) loads.add(`${index}`, each)
  other.isEvaluating = true
  evaluating.isEvaluating = true
  let waits = true
  const settle = (name: string) => {
    waits = true
    return loads.settle(new Map([[program.node(name), 1]])).then(() => {
      waits = false
    })
  }
  await settle('d')
  const settled = settle('a')
  await immediate()
  expect(waits).toBe(true)
  evaluating.end(false)
  await settled
  const late = settle('b')
  await vi.advanceTimersByTimeAsync(4_999)
  expect(waits).toBe(true)
  await vi.advanceTimersByTimeAsync(1)
  await late
})

it('an instance is evaluated by an update that has it in that version', () => {
  const loads = new LoadsUnderWay()
  const context = program.made('e', 1)
  expect(loads.isEvaluating(context)).toBe(false)
  loads.add('file:///e', load(['e']))
  loads.add(syntheticUrl('1'), load(['e', 'f'], 2))
  expect(loads.isEvaluating(context)).toBe(false)
  expect(loads.isEvaluating(program.made('f', 1))).toBe(false)
  loads.add(syntheticUrl('2'), load(['x', 'e']))
  expect(loads.isEvaluating(context)).toBe(true)
  expect(loads.isEvaluating(program.made('z', 1))).toBe(false)
})
