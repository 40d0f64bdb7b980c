import { describe, expect, it } from 'vitest'
import { TestProgram } from '../harness/contexts.ts'

describe('the instance whose handlers count', () => {
  it('is the first until another has been evaluated without an error', () => {
    const program = new TestProgram()
    const { registry } = program
    const first = program.begin('a')
    expect(registry.running(first.module)).toBe(first)
    const second = program.begin('a', 1)
    expect(registry.running(first.module)).toBe(first)
    registry.commit(first.module, 1)
    expect(registry.running(first.module)).toBe(second)
  })

  it('is none of a module that has no instance', () => {
    const { registry, graph } = new TestProgram()
    const node = graph.node('a')
    expect(registry.running(node)).toBeUndefined()
    expect(registry.acceptsSelf(node)).toBe(false)
    expect(registry.accepts(node, node)).toBe(false)
    expect(registry.declines(node)).toBe(false)
    expect(registry.olderThan(node, 9)).toEqual([])
    expect([...registry.all()]).toEqual([])
    registry.noteDisposers(node)
    registry.remove(node)
  })

  it('is the first one of a module that has never run', () => {
    const program = new TestProgram()
    const { registry } = program
    const begin = () => {
      const context = program.made('a')
      context.module.running = undefined
      registry.add(context)
      return context
    }
    const first = begin()
    expect(registry.running(first.module)).toBe(first)
    const second = begin()
    registry.commit(first.module, 0)
    expect(registry.running(first.module)).toBe(second)
  })

  it('is none when the new one never read import.meta.hot', () => {
    const program = new TestProgram()
    const first = program.run('a')
    program.registry.commit(first.module, 1)
    expect(program.registry.running(first.module)).toBeUndefined()
    expect(program.registry.isLive(first)).toBe(false)
    program.registry.commit(program.node('b'), 1)
  })

  it('is never an older one than the module runs: that was superseded before', () => {
    const program = new TestProgram()
    const { registry } = program
    const running = program.run('a', 2)
    const late = program.made('a', 1)
    registry.add(late)
    expect(registry.isLive(late)).toBe(false)
    registry.commit(running.module, 1)
    expect(registry.running(running.module)).toBe(running)
    expect(registry.isLive(running)).toBe(true)
  })

  it('says what it accepts and declines', () => {
    const program = new TestProgram()
    const { registry } = program
    const { api, module } = program.run('a')
    const [dep, other] = [program.node('dep'), program.node('other')]
    expect([registry.acceptsSelf(module), registry.declines(module)]).toEqual([false, false])
    api.accept('dep')
    expect([registry.accepts(module, dep), registry.accepts(module, other)]).toEqual([true, false])
    api.accept()
    api.decline()
    expect([registry.acceptsSelf(module), registry.declines(module)]).toEqual([true, true])
  })
})

describe('instances', () => {
  it('live until a newer one is committed, and are given newest first', () => {
    const program = new TestProgram()
    const { registry } = program
    const [first, second, third] = [0, 1, 2].map((version) => program.begin('a', version))
    if (!first || !second || !third) throw new Error('three were made')
    const other = program.begin('b')
    expect(registry.olderThan(first.module, 2)).toEqual([second, first])
    expect(registry.olderThan(first.module, 0)).toEqual([])
    expect([...registry.all()]).toEqual([first, second, third, other])
    registry.commit(first.module, 2)
    expect([first, second, third, other].map((each) => registry.isLive(each))).toEqual([
      false,
      false,
      true,
      true,
    ])
    expect([...registry.all()]).toEqual([third, other])
  })

  it('lose their event handlers when they are replaced or their module leaves', () => {
    const program = new TestProgram()
    const first = program.run('a')
    first.api.on('update', () => {})
    const second = program.begin('a', 1)
    second.api.on('error', () => {})
    program.registry.commit(first.module, 1)
    expect(program.asked).toEqual(['on update', 'on error', 'off update'])
    program.registry.remove(first.module)
    expect(program.asked.at(-1)).toBe('off error')
    expect(program.asked).toHaveLength(4)
    expect(program.registry.isLive(second)).toBe(false)
    expect([...program.registry.all()]).toEqual([])
  })
})

it('all instances of a module share one data, until the module leaves', () => {
  const program = new TestProgram()
  const { registry } = program
  const { module, api } = program.run('a')
  api.data.count = 1
  expect(program.run('a', 1).api.data).toEqual({ count: 1 })
  expect(registry.data(program.node('b'))).toEqual({})
  registry.remove(module)
  expect(registry.data(module)).toEqual({})
})

it('something awaits disposal while a stale module has handlers that have not run', () => {
  const program = new TestProgram()
  const { registry } = program
  const first = program.run('a')
  const other = program.run('b')
  first.module.version = 1
  expect(registry.awaitsDisposal).toBe(false)
  other.api.dispose(() => {})
  expect(registry.awaitsDisposal).toBe(false)
  first.api.dispose(() => {})
  expect(registry.awaitsDisposal).toBe(true)
  expect(first.takeDisposers()).toHaveLength(1)
  expect(registry.awaitsDisposal).toBe(false)
  first.api.dispose(() => {})
  expect(registry.awaitsDisposal).toBe(true)
  program.begin('a', 1)
  registry.commit(first.module, 1)
  first.module.version = 2
  expect(registry.awaitsDisposal).toBe(false)
  registry.running(first.module)?.api.dispose(() => {})
  expect(registry.awaitsDisposal).toBe(true)
  registry.remove(first.module)
  expect(registry.awaitsDisposal).toBe(false)
})

it('something awaits disposal also when only one of several instances has handlers', () => {
  const program = new TestProgram()
  const first = program.run('a')
  first.module.version = 2
  program.begin('a', 1)
  first.api.dispose(() => {})
  expect(program.registry.awaitsDisposal).toBe(true)
})
