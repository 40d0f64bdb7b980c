import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Batch } from '../../src/watch/batch.ts'

// The clock that is given here knows nothing of the event loop.
vi.mock('../../src/watch/event-loop.ts', () => ({ loopMoment: () => ({ turn: 1, idleMs: 0 }) }))

let batches: string[][]
let batch: Batch

beforeEach(() => {
  vi.useFakeTimers()
  batches = []
  batch = new Batch((files) => batches.push(files))
})

afterEach(() => {
  vi.useRealTimers()
})

it('hands on what came together, each once', () => {
  for (const file of ['a', 'b', 'a']) batch.add(file)
  expect(batches).toEqual([])
  vi.advanceTimersByTime(5)
  expect(batches).toEqual([['a', 'b']])
  expect(batch.files.size).toBe(0)
})

it('waits while more comes, but not for ever', () => {
  for (let count = 0; count < 100; count++) {
    batch.add(`${count}`)
    vi.advanceTimersByTime(2)
  }
  expect(batches.length).toBeGreaterThan(1)
  expect(batches.length).toBeLessThan(6)
})

it('hands on with the others what the system tells when the time to wait is just over', () => {
  batch.add('a')
  // A process that was stopped for a while finds its timers due before it reads any event.
  setTimeout(() => batch.add('b'), 1)
  vi.advanceTimersByTime(20)
  expect(batches).toEqual([['a', 'b']])
})

it('one file waits shorter than several, of which more may come', () => {
  batch.add('a')
  vi.advanceTimersByTime(3)
  expect(batches).toEqual([['a']])
  batch.add('b')
  vi.advanceTimersByTime(3)
  batch.add('c')
  vi.advanceTimersByTime(6)
  expect(batches).toEqual([['a'], ['b', 'c']])
  vi.advanceTimersByTime(100)
  batch.add('d')
  batch.add('e')
  vi.advanceTimersByTime(3)
  batch.add('f')
  vi.advanceTimersByTime(6)
  expect(batches).toEqual([['a'], ['b', 'c'], ['d', 'e', 'f']])
})

it('hands nothing on once it is cleared, also when the time to wait is just over', () => {
  batch.add('a')
  setTimeout(() => batch.clear(), 1)
  vi.advanceTimersByTime(20)
  expect(batches).toEqual([])
})
