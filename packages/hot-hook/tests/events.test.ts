import { expect, test } from 'vitest'
import { EventBus, type HotEventName } from '../src/events.ts'

function setUp() {
  const failures: { error: unknown; event: HotEventName }[] = []
  const bus = new EventBus((error, event) => failures.push({ error, event }))
  return { bus, failures }
}

test('handlers get the payload in the order they were registered', () => {
  const { bus } = setUp()
  const calls: string[] = []
  bus.on('prune', ({ file }) => calls.push(`first ${file}`))
  bus.on('prune', ({ file }) => calls.push(`second ${file}`))
  bus.emit('prune', { file: '/a.ts' })
  expect(calls).toEqual(['first /a.ts', 'second /a.ts'])
})

test('on returns its own off, off takes a handler away', () => {
  const { bus } = setUp()
  let calls = 0
  const handler = () => calls++
  const off = bus.on('prune', handler)
  bus.on('prune', handler)
  off()
  off()
  bus.emit('prune', { file: '/a.ts' })
  expect(calls).toBe(1)
  bus.off('prune', handler)
  bus.off('prune', handler)
  bus.emit('prune', { file: '/a.ts' })
  expect(calls).toBe(1)
})

test('a handler that throws or rejects is reported and the others are called', async () => {
  const { bus, failures } = setUp()
  const calls: string[] = []
  bus.on('prune', () => {
    throw new Error('thrown')
  })
  bus.on('prune', async () => {
    throw new Error('rejected')
  })
  bus.on('prune', () => calls.push('called'))
  bus.emit('prune', { file: '/a.ts' })
  expect(calls).toEqual(['called'])
  await expect.poll(() => failures.length).toBe(2)
  expect(failures).toEqual([
    { error: new Error('thrown'), event: 'prune' },
    { error: new Error('rejected'), event: 'prune' },
  ])
})

test('a handler that takes others off, or puts one on, changes the next event only', () => {
  const { bus } = setUp()
  const calls: string[] = []
  bus.on('prune', () => {
    calls.push('first')
    offSecond()
    bus.on('prune', () => calls.push('third'))
  })
  const offSecond = bus.on('prune', () => calls.push('second'))
  bus.emit('prune', { file: '/a.ts' })
  expect(calls).toEqual(['first', 'second'])
})

test('an event that does not exist is an error that lists those that do', () => {
  const { bus } = setUp()
  const name: string = 'updat'
  expect(() => bus.on(name as HotEventName, () => {})).toThrow(
    "Hot Hook has no event 'updat': expected one of invalidate, update, full-reload, prune, error",
  )
  expect(() => bus.off('toString' as HotEventName, () => {})).toThrow("no event 'toString'")
})

test('a handler that is no function is an error that names the event', () => {
  const { bus } = setUp()
  const handler: unknown = 'log'
  expect(() => bus.on('update', handler as () => void)).toThrow(
    "The handler of the Hot Hook event 'update' must be a function, got 'log'",
  )
})
