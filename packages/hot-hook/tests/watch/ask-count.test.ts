import { expect, it } from 'vitest'
import { AskCount } from '../../src/watch/ask-count.ts'

/** Whether the last of so many asks, one every `everyMs`, is one of many. */
function last(count: number, everyMs: number, asks = new AskCount()): boolean {
  for (let ask = 1; ask <= count; ask++) asks.note(1_000 + ask * everyMs)
  return asks.areMany
}

it('five hundred asks a second are many', () => {
  expect(last(20, 2)).toBe(true)
  expect(last(500, 2)).toBe(true)
})

it('one who asks now and then is alone', () => {
  expect(last(100, 25)).toBe(false)
  expect(last(7, 2)).toBe(false)
})

it('who asks after the load has ended is alone', () => {
  const asks = new AskCount()
  expect(last(100, 2, asks)).toBe(true)
  asks.note(5_000)
  expect(asks.areMany).toBe(false)
})

it('who saves and asks is alone, however fast', () => {
  const asks = new AskCount()
  for (let save = 1; save <= 100; save++) {
    asks.note(1_000 + save * 2)
    expect(asks.areMany).toBe(false)
    asks.reset()
  }
})
