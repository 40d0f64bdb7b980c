import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { isInTime, notWaitedFor, overdue } from '../../src/runtime/deadline.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('what ends within 5 s is in time, and no timer is left of it', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const answer = isInTime(promise)
  expect(vi.getTimerCount()).toBe(1)
  await vi.advanceTimersByTimeAsync(4_999)
  resolve('anything')
  expect(await answer).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})

it('what has not ended after 5 s is not waited for', async () => {
  const answer = isInTime(new Promise(() => {}))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await answer).toBe(false)
})

it('what fails in time fails', async () => {
  await expect(isInTime(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(vi.getTimerCount()).toBe(0)
})

it('keeps the process alive unless told otherwise', () => {
  vi.useRealTimers()
  const never = new Promise(() => {})
  const refs = [() => isInTime(never), () => isInTime(never, false)].map((wait) => {
    const made = vi.spyOn(globalThis, 'setTimeout')
    void wait()
    const timer = made.mock.results[0]?.value
    made.mockRestore()
    clearTimeout(timer)
    return timer.hasRef()
  })
  expect(refs).toEqual([true, false])
})

it('says for how long it was waited, and what follows', () => {
  const error = overdue('A dispose handler of app.js has not ended', notWaitedFor)
  expect(error.message).toBe(
    'A dispose handler of app.js has not ended after 5 s; it is no longer waited for',
  )
  expect(error).toMatchObject({ code: 'ERR_HOT_HOOK_OVERDUE' })
})
