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
    vi.advanceTimersByTime(20)
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
    vi.advanceTimersByTime(20)
  }
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
