import { describe, expect, it } from 'vitest'
import { inHandlers } from '../../src/runtime/handler-scope.ts'
import { TestProgram } from '../harness/contexts.ts'

describe('accept', () => {
  it('without a dependency accepts the module itself, with each callback that is given', () => {
    const context = new TestProgram().run('a')
    expect(context.acceptsSelf).toBe(false)
    context.api.accept()
    expect([context.acceptsSelf, context.selfCallbacks]).toEqual([true, []])
    const other = new TestProgram().run('a')
    const callback = () => {}
    other.api.accept(callback)
    expect([other.acceptsSelf, other.selfCallbacks]).toEqual([true, [callback]])
    expect(other.dependencyHandlers).toEqual([])
  })

  it('with one or several accepts these, with or without a callback', () => {
    const program = new TestProgram()
    const context = program.run('a')
    const [b, c] = [program.node('b'), program.node('c')]
    const callback = () => {}
    context.api.accept('b')
    context.api.accept(['b', 'c'], callback)
    expect(context.acceptsSelf).toBe(false)
    expect(context.dependencyHandlers).toEqual([
      { dependencies: [b], isArray: false, callback: undefined },
      { dependencies: [b, c], isArray: true, callback },
    ])
    expect([b, c, program.node('d')].map((node) => context.acceptsDependency(node))).toEqual([
      true,
      true,
      false,
    ])
  })

  it.each([
    [[1], 'expected a callback, a specifier or an array of specifiers, got 1'],
    [[null], 'expected a callback, a specifier or an array of specifiers, got null'],
    [[['b', 1]], 'expected a callback, a specifier or an array of specifiers, got'],
    [['b', 'c'], "expected a function as its handler, got 'c'"],
    [['b', null], 'expected a function as its handler, got null'],
  ])('refuses %j', (given, problem) => {
    const context = new TestProgram().run('a')
    const accept = () => context.api.accept(...given)
    expect(accept).toThrow(`import.meta.hot.accept() in /a: ${problem}`)
    expect(accept).toThrow(expect.objectContaining({ code: 'ERR_HOT_HOOK_ARGUMENT' }))
    expect([context.acceptsSelf, context.dependencyHandlers]).toEqual([false, []])
  })
})

describe('dispose', () => {
  it('takes handlers, which are given out once, the last first', async () => {
    const program = new TestProgram()
    const context = program.run('a')
    const [first, second] = [() => {}, () => {}]
    expect(context.hasDisposers).toBe(false)
    expect(context.api.dispose(first)).toBeUndefined()
    expect(context.hasDisposers).toBe(true)
    context.api.dispose(second)
    context.module.version = 1
    expect(program.registry.awaitsDisposal).toBe(true)
    expect(context.takeDisposers()).toEqual([second, first])
    expect(context.hasDisposers).toBe(false)
    expect(program.registry.awaitsDisposal).toBe(false)
    expect(context.takeDisposers()).toEqual([])
  })

  it.each([
    [
      'asynchronously where it can',
      { [Symbol.asyncDispose]: true, [Symbol.dispose]: true },
      'async',
    ],
    ['at once', { [Symbol.dispose]: true }, 'sync'],
  ])('takes a resource and gives it back; it is released %s', async (_, has, way) => {
    const context = new TestProgram().run('a')
    const released: unknown[] = []
    const resource = {
      ...(Symbol.asyncDispose in has && {
        async [Symbol.asyncDispose]() {
          released.push('async', this)
        },
      }),
      [Symbol.dispose]() {
        released.push('sync', this)
      },
    }
    expect(context.api.dispose(resource)).toBe(resource)
    for (const release of context.takeDisposers()) await release({})
    expect(released).toEqual([way, resource])
  })

  it('takes a function that is a resource as one', async () => {
    const context = new TestProgram().run('a')
    let calls = 0
    const server = Object.assign(() => calls++, { [Symbol.dispose]: () => (calls += 10) })
    expect(context.api.dispose(server)).toBe(server)
    for (const release of context.takeDisposers()) await release({})
    expect(calls).toBe(10)
  })

  it.each([
    [undefined, 'got undefined'],
    [null, 'got null'],
    ['close', "got 'close'"],
    [{ close() {} }, 'got {'],
    [{ [Symbol.dispose]: true }, 'got {'],
    [Promise.resolve(), 'got a promise: await it first'],
  ])('refuses %j', (given, problem) => {
    const context = new TestProgram().run('a')
    const dispose = () => context.api.dispose(given)
    expect(dispose).toThrow(
      'import.meta.hot.dispose() in /a: expected a function, or a resource with Symbol.asyncDispose or Symbol.dispose, ',
    )
    expect(dispose).toThrow(problem)
    expect(context.hasDisposers).toBe(false)
  })
})

it('prune takes handlers, and nothing else', () => {
  const context = new TestProgram().run('a')
  const handler = () => {}
  context.api.prune(handler)
  expect(context.pruners).toEqual([handler])
  expect(() => context.api.prune(Reflect.get({}, 'none'))).toThrow(
    'import.meta.hot.prune() in /a: expected a function as its handler, got undefined',
  )
})

it('watch takes a path or a file URL, from the module', () => {
  const program = new TestProgram()
  const { api } = program.run('a')
  api.watch('./query.sql')
  api.watch(new URL('file:///b.sql'))
  expect(program.asked).toEqual(['/a watches /query.sql', '/a watches /b.sql'])
  expect(() => api.watch('')).toThrow(
    "import.meta.hot.watch() in /a: expected a path or a file URL, got ''",
  )
})

it('boundary is what an import() takes as its options', () => {
  expect(new TestProgram().run('a').api.boundary).toEqual({ with: { hot: 'true' } })
})

it('decline declines', () => {
  const context = new TestProgram().run('a')
  expect(context.declined).toBe(false)
  context.api.decline()
  expect(context.declined).toBe(true)
})

describe('events', () => {
  it('that are not listened to any more are not left twice', () => {
    const program = new TestProgram()
    const context = program.run('a')
    const off = context.api.on('update', () => {})
    context.api.on('error', () => {})
    off()
    context.end()
    context.end()
    context.api.off('prune', () => {})
    expect(program.asked).toEqual(['on update', 'on error', 'off update', 'off error', 'off prune'])
  })
})

describe('invalidate', () => {
  it('outside of a callback is a change of the module', () => {
    const program = new TestProgram()
    program.run('a').api.invalidate('too large')
    expect(program.asked).toEqual(['/a invalidated: too large'])
  })

  it('inside of one is its answer', () => {
    const program = new TestProgram()
    const context = program.run('a')
    const call = context.beginAcceptCall()
    context.api.invalidate('no')
    expect(call).toMatchObject({ isInvalidated: true, message: 'no' })
    context.endAcceptCall()
    context.api.invalidate('later')
    expect(program.asked).toEqual(['/a invalidated: later'])
  })

  it('that comes late is that of the callback in which it was called, not of one that runs now', async () => {
    const program = new TestProgram()
    const context = program.run('a')
    const early = context.beginAcceptCall()
    const { promise, resolve } = Promise.withResolvers<void>()
    const handler = inHandlers(
      'accept',
      async () => {
        await promise
        context.api.invalidate('early')
      },
      early,
    )
    const now = context.beginAcceptCall()
    resolve()
    await handler
    expect([early.message, now.message]).toEqual(['early', undefined])
  })

  it('in a callback of another module is no answer of that', async () => {
    const program = new TestProgram()
    const [one, other] = [program.run('a'), program.run('b')]
    const call = one.beginAcceptCall()
    await inHandlers('accept', () => other.api.invalidate('b'), call)
    expect(call.isInvalidated).toBe(false)
    expect(program.asked).toEqual(['/b invalidated: b'])
  })
})

it('each instance has its version, and a place of its own in the order of evaluation', () => {
  const program = new TestProgram()
  expect(program.made('a', 3).version).toBe(3)
  const [first, second] = [program.run('a'), program.run('b')]
  expect(second.order).toBeGreaterThan(first.order)
})
