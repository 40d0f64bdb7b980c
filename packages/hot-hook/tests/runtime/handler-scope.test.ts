import { setImmediate as immediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { handlerScope, inHandlers } from '../../src/runtime/handler-scope.ts'

it('what a handler calls, also later and after others have ended, knows that it comes from it', async () => {
  expect(handlerScope()).toBeUndefined()
  const call = {}
  const { promise, resolve } = Promise.withResolvers<void>()
  const long = inHandlers(
    'accept',
    async () => {
      await promise
      await immediate()
      return handlerScope()
    },
    call,
  )
  expect(await inHandlers('dispose', () => handlerScope())).toEqual({
    phase: 'dispose',
    call: undefined,
  })
  expect(handlerScope()).toBeUndefined()
  resolve()
  const scope = await long
  expect(scope?.phase).toBe('accept')
  expect(scope?.call).toBe(call)
  expect(handlerScope()).toBeUndefined()
})

it('what is left of a handler that has ended comes from none, nor does what follows one that throws', async () => {
  let late: (() => void) | undefined
  const scopes: unknown[] = []
  await inHandlers('dispose', () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    late = resolve
    void promise.then(() => scopes.push(handlerScope()))
  })
  late?.()
  await immediate()
  const broken = () => {
    throw new Error('broken')
  }
  await expect(inHandlers('accept', broken)).rejects.toThrow('broken')
  scopes.push(handlerScope())
  expect(scopes).toEqual([undefined, undefined])
  expect((await inHandlers('accept', () => handlerScope()))?.phase).toBe('accept')
})
