import { describe, expect, it } from 'vitest'
import { importersFirst } from '../../src/runtime/disposal-order.ts'
import type { HotContext } from '../../src/runtime/hot-context.ts'
import { TestProgram } from '../harness/contexts.ts'

const order = (contexts: HotContext[]) =>
  importersFirst(contexts)
    .map(({ module }) => module.file.slice(1))
    .join(' ')

it('ES modules go in the reverse order of their evaluation, whatever imports what', () => {
  const program = new TestProgram()
  const [a, b, c] = ['a', 'b', 'c'].map((name) => program.begin(name)) as [
    HotContext,
    HotContext,
    HotContext,
  ]
  program.graph.edge('a', 'c')
  expect(order([b, c, a])).toBe('c b a')
  expect(order([])).toBe('')
})

describe('with CommonJS among them, which begins before what it requires,', () => {
  /** Instances of modules that were evaluated in this order; those with a capital are CommonJS. */
  function instances(evaluated: string, edges: string[]): HotContext[] {
    const program = new TestProgram()
    for (const edge of edges) {
      const [importer = '', dependency = ''] = edge.split(/>|~/)
      program.graph.edge(importer, dependency, edge.includes('~') ? 'boundary' : 'static')
    }
    return [...evaluated].map((name) => {
      const context = program.begin(name)
      context.module.isCommonJs = name !== name.toLowerCase()
      return context
    })
  }

  it('importers go first, at any depth and with modules in between that have nothing to dispose', () => {
    expect(order(instances('ABC', ['A>B', 'B>C']))).toBe('A B C')
    expect(order(instances('CBA', ['A>B', 'B>C']))).toBe('A B C')
    expect(order(instances('AC', ['A>B', 'B>C']))).toBe('A C')
    expect(order(instances('Dabc', ['a>D', 'b>a', 'c>b']))).toBe('c b a D')
    expect(order(instances('ABm', ['A>B', 'm>A']))).toBe('m A B')
  })

  it('what several import goes after all of them', () => {
    for (const evaluated of ['ABCD', 'DCBA', 'BDAC']) {
      const given = instances(evaluated, ['A>B', 'A>C', 'B>D', 'C>D'])
      expect(order(given)).toMatch(/^A (B C|C B) D$/)
    }
  })

  it('an import that is no part of the evaluation says nothing', () => {
    expect(order(instances('AB', ['A~B']))).toBe('B A')
  })

  it('a cycle has an end', () => {
    expect(order(instances('AB', ['A>B', 'B>A']))).toBe('A B')
    expect(order(instances('ABC', ['A>B', 'B>C', 'C>A']))).toBe('A B C')
    expect(order(instances('ABD', ['A>B', 'B>A', 'A>D']))).toMatch(/D$/)
  })
})
