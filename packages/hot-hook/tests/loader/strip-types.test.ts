import module from 'node:module'
import { expect, it, onTestFinished, vi } from 'vitest'
import { ModuleNode } from '../../src/graph/module-graph.ts'
import { stripTypes } from '../../src/loader/sources/strip-types.ts'

const url = 'file:///app/model.ts'
const node = () => new ModuleNode('/app/model.ts', url)

function spyOnCompiler() {
  const spy = vi.spyOn(module, 'stripTypeScriptTypes')
  onTestFinished(() => spy.mockRestore())
  return spy
}

it('strips types where they stand and names the file', () => {
  expect(stripTypes(node(), 'export const a: number = 1', url)).toBe(
    `export const a         = 1\n\n//# sourceURL=${url}`,
  )
})

it('compiles a module that is loaded again unchanged only once', () => {
  const compiler = spyOnCompiler()
  const model = node()
  const first = stripTypes(model, 'let a: number = 1', url)
  expect(stripTypes(model, 'let a: number = 1', url)).toBe(first)
  expect(compiler).toHaveBeenCalledTimes(1)
})

it('compiles what has changed, and back again', () => {
  const compiler = spyOnCompiler()
  const model = node()
  for (const value of [1, 2, 1]) {
    expect(stripTypes(model, `let a: number = ${value}`, url)).toContain(`a         = ${value}`)
  }
  expect(compiler).toHaveBeenCalledTimes(3)
})

it('keeps modules apart', () => {
  const [one, other] = [node(), node()]
  stripTypes(one, 'let a: number = 1', url)
  expect(stripTypes(other, 'let b: number = 2', url)).toContain('let b')
  expect(stripTypes(one, 'let a: number = 1', url)).toContain('let a')
})

it('what cannot be compiled is an error each time', () => {
  const model = node()
  expect(() => stripTypes(model, 'let a: = 1', url)).toThrow()
  expect(() => stripTypes(model, 'let a: = 1', url)).toThrow()
})
