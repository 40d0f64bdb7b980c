import { expect, it } from 'vitest'
import { AcceptCall } from '../../src/runtime/accept-call.ts'

it('an invalidation while it is waited for is its answer, and refuses nothing later', () => {
  const call = new AcceptCall()
  expect(call).toMatchObject({ isInvalidated: false, message: undefined })
  call.invalidate('too large')
  expect(call).toMatchObject({ isInvalidated: true, message: 'too large' })
  let refusals = 0
  call.leave(() => refusals++)
  expect(refusals).toBe(0)
})

it('one that comes when it is no longer waited for is a refusal, once', () => {
  const call = new AcceptCall()
  let refusals = 0
  call.leave(() => refusals++)
  call.invalidate(undefined)
  expect(refusals).toBe(1)
  call.invalidate(undefined)
  call.refuseLate()
  expect(refusals).toBe(1)
})
