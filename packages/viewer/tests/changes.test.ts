import type { EventRecord } from 'hot-hook/protocol'
import { expect, test } from 'vitest'
import { PageChanges } from '../src/refresh/changes.ts'
import type { RefreshMessage } from '../src/refresh/messages.ts'

const file = (name: string) => `/shop/${name}`

/** What pages are told of these records. */
function told(records: EventRecord[], handsOver = false) {
  const messages: RefreshMessage[] = []
  const changes = new PageChanges({ rootDirectory: () => '/shop', handsOver }, (message) =>
    messages.push(message),
  )
  for (const record of records) changes.add(record)
  return { messages, current: changes.current }
}

const invalidate = (time: number, boundaries: string[]): EventRecord => ({
  event: 'invalidate',
  time,
  files: [file('page.js')],
  modules: [file('page.js'), ...boundaries],
  boundaries,
})
const update = (time: number, boundaries: string[]): EventRecord => ({
  event: 'update',
  time,
  files: [file('page.js')],
  modules: [file('page.js'), ...boundaries],
  boundaries,
  durationMs: 1,
})
const failure = (time: number, name = 'page.js'): EventRecord => ({
  event: 'error',
  time,
  file: file(name),
  phase: 'load',
  message: 'SyntaxError: no',
  frame: '> 1 | no',
})
const start = (time: number): EventRecord => ({
  event: 'start',
  time,
  pid: 1,
  count: 2,
  stoodBy: false,
})
const listening = (time: number): EventRecord => ({
  event: 'listening',
  time,
  pid: 1,
  address: '::',
  port: 80,
  afterMs: 1,
})

test('what the next request loads is told at the save, and not again when a request has loaded it', () => {
  const { messages } = told([invalidate(1, [file('app.js')]), update(2, [file('app.js')])])
  expect(messages).toEqual([{ type: 'change', time: 1, reason: 'stale', boundaries: ['app.js'] }])
})

test('what is accepted is told when it is loaded', () => {
  const { messages } = told([invalidate(1, []), update(2, [file('server.js')])])
  expect(messages).toEqual([{ type: 'change', time: 2, reason: 'update' }])
})

test('an update after one that was announced is told, too', () => {
  const { messages } = told([
    invalidate(1, [file('app.js')]),
    update(2, [file('app.js')]),
    update(3, [file('app.js')]),
  ])
  expect(messages).toHaveLength(2)
})

test('an error is told until everything that failed is loaded', () => {
  const { messages, current } = told([failure(1), failure(2, 'other.js'), update(3, [])])
  expect(messages.map((message) => message.type)).toEqual(['error', 'error', 'change'])
  expect(current).toContainEqual({
    type: 'error',
    time: 2,
    error: {
      title: 'other.js could not be loaded',
      message: 'SyntaxError: no',
      detail: '> 1 | no',
    },
  })
  const healed = told([failure(1), update(3, [])])
  expect(healed.messages).toContainEqual({ type: 'error', time: 3, error: null })
  expect(healed.current.filter(({ type }) => type === 'error')).toEqual([])
})

test('a handler that fails stops no page', () => {
  expect(told([{ ...failure(1), phase: 'dispose' } as EventRecord]).messages).toEqual([])
})

test('pages that were made before a process was started are old when it listens, once', () => {
  const { messages } = told([start(5), listening(9), listening(10)])
  expect(messages).toEqual([{ type: 'change', time: 5, reason: 'restart' }])
})

test('with a handoff they are old when the new process has taken over', () => {
  const handoff: EventRecord = { event: 'handoff', time: 12, pid: 2, previousPid: 1 }
  const { messages } = told([start(5), listening(9), handoff], true)
  expect(messages).toEqual([{ type: 'change', time: 12, reason: 'restart', pid: 2 }])
})

test('a crash is told until another process listens', () => {
  const crash: EventRecord = {
    event: 'crash',
    time: 1,
    pid: 1,
    code: 1,
    signal: null,
    oldServes: false,
    waits: true,
    message: 'Error: broken',
  }
  const { messages } = told([crash, start(2), listening(3)])
  expect(messages).toEqual([
    {
      type: 'error',
      time: 1,
      error: { title: 'The program crashed', message: 'Error: broken', detail: '' },
    },
    { type: 'error', time: 2, error: null },
    { type: 'change', time: 2, reason: 'restart' },
  ])
})
