import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Storm } from '../src/storm.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function storm() {
  const answered: number[] = []
  return { answered, requests: new Storm<number>((first) => answered.push(first)) }
}

test('requests that keep coming are answered once, with the first, when it is quiet', () => {
  const { answered, requests } = storm()
  for (let n = 1; n <= 5; n++) {
    requests.add(n)
    vi.advanceTimersByTime(n === 1 ? 9 : 20)
  }
  expect(answered).toEqual([])
  vi.advanceTimersByTime(25)
  expect(answered).toEqual([1])
  requests.add(6)
  vi.runAllTimers()
  expect(answered).toEqual([1, 6])
})

test('requests that never stop coming are answered all the same', () => {
  const { answered, requests } = storm()
  for (let n = 1; n <= 20; n++) {
    requests.add(n)
    vi.advanceTimersByTime(n === 1 ? 9 : 20)
  }
  expect(answered).toEqual([1])
})

test('one that comes alone waits for less, and for nothing of what it took to be sent', () => {
  const { answered, requests } = storm()
  requests.add(1)
  vi.advanceTimersByTime(9)
  expect(answered).toEqual([])
  vi.advanceTimersByTime(1)
  expect(answered).toEqual([1])
  vi.advanceTimersByTime(1_000)
  requests.add(2, Date.now() - 6)
  vi.advanceTimersByTime(3)
  expect(answered).toEqual([1])
  vi.advanceTimersByTime(1)
  expect(answered).toEqual([1, 2])
  vi.advanceTimersByTime(1_000)
  requests.add(3, Date.now() - 500)
  vi.advanceTimersByTime(0)
  expect(answered).toEqual([1, 2, 3])
})

test('one that comes right after an answer may not be the last', () => {
  const { answered, requests } = storm()
  requests.add(1)
  vi.advanceTimersByTime(20)
  requests.add(2)
  vi.advanceTimersByTime(24)
  expect(answered).toEqual([1])
  requests.add(3)
  vi.advanceTimersByTime(25)
  expect(answered).toEqual([1, 2])
})

test('a clock that is ahead makes nobody wait', () => {
  const { answered, requests } = storm()
  requests.add(1, Date.now() + 60_000)
  vi.advanceTimersByTime(10)
  expect(answered).toEqual([1])
})

test('nothing is answered after close', () => {
  const { answered, requests } = storm()
  requests.add(1)
  requests.close()
  requests.add(2)
  vi.runAllTimers()
  expect(answered).toEqual([])
})
