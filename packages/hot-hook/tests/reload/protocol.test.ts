import { describe, expect, test } from 'vitest'
import { isHotHookMessage, parseFileChanged, parseQuestion } from '../../src/reload/protocol.ts'

const type = 'hot-hook:file-changed'

describe('parseFileChanged', () => {
  test.each(['add', 'change', 'unlink'])('reads a message with the action %s', (action) => {
    expect(parseFileChanged({ type, path: '/app/a.ts', action })).toEqual({
      type,
      path: '/app/a.ts',
      action,
    })
  })

  test("reads the names of AdonisJS's watcher", () => {
    expect(parseFileChanged({ type, path: 'a.ts', action: 'update' })?.action).toBe('change')
    expect(parseFileChanged({ type, path: 'a.ts', action: 'delete' })?.action).toBe('unlink')
  })

  test('without an action it is a change', () => {
    expect(parseFileChanged({ type, path: 'a.ts' })?.action).toBe('change')
  })

  test('leaves out what else the message carries', () => {
    const message = { type, path: 'a.ts', action: 'add', extra: 1 }
    expect(parseFileChanged(message)).toEqual({ type, path: 'a.ts', action: 'add' })
  })

  test.each([
    undefined,
    null,
    'hot-hook:file-changed',
    42,
    [],
    {},
    { type: 'hot-hook:invalidated', path: 'a.ts', action: 'change' },
    { type: 'other', path: 'a.ts', action: 'change' },
    { type },
    { type, path: '', action: 'change' },
    { type, path: 7, action: 'change' },
    { type, path: ['a.ts'], action: 'change' },
    { type, path: 'a\0.ts', action: 'change' },
    { type, path: 'a.ts', action: 'explode' },
    { type, path: 'a.ts', action: null },
  ])('is undefined for %j', (message) => {
    expect(parseFileChanged(message)).toBeUndefined()
  })
})

test('isHotHookMessage tells our messages from those of the application', () => {
  expect(isHotHookMessage({ type: 'hot-hook:anything' })).toBe(true)
  expect(isHotHookMessage({ type: 'shutdown' })).toBe(false)
  expect(isHotHookMessage('hot-hook:file-changed')).toBe(false)
  expect(isHotHookMessage(null)).toBe(false)
})

describe('parseQuestion', () => {
  test.each([
    { type: 'hot-hook:dump' },
    { type: 'hot-hook:dump', id: 3 },
    { type: 'hot-hook:explain' },
    { type: 'hot-hook:explain', id: 3, files: ['/app/a.ts'] },
  ])('reads %j', (question) => {
    expect(parseQuestion({ ...question, other: 1 })).toEqual(question)
  })

  test.each([
    undefined,
    { type: 'hot-hook:other' },
    { type: 'hot-hook:explain', files: 'a.ts' },
    { type: 'hot-hook:explain', files: [7] },
  ])('is undefined for %j', (message) => {
    expect(parseQuestion(message)).toBeUndefined()
  })
})
