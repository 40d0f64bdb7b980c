import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { typeErrors } from '../../harness/type-errors.ts'

const dep = 'export const value = 1\nexport default () => value'

const everyMember = `import { value } from './dep.js'

// @ts-expect-error: it is undefined unless Hot Hook runs
import.meta.hot.accept()

if (import.meta.hot) {
  const { hot } = import.meta
  hot.accept()
  hot.accept((next) => { next.anything })
  hot.accept(async (next: typeof import('./dep.js')) => { next.value.toFixed() })
  hot.accept('./dep.js')
  hot.accept('./dep.js', (next: typeof import('./dep.js')) => { next.value.toFixed() })
  hot.accept(['./dep.js'] as const, async ([first]) => { first?.value })
  hot.dispose((data) => { data.anything = value })
  hot.dispose(async () => {})
  const open = { close: 1, [Symbol.dispose]() {} }
  hot.dispose(open).close.toFixed()
  hot.dispose({ async [Symbol.asyncDispose]() {} })
  hot.prune((data) => { data.anything })
  hot.watch('./query.sql')
  hot.watch(new URL('./query.sql', import.meta.url))
  // @ts-expect-error: one path
  hot.watch(['./query.sql'])
  hot.decline()
  hot.invalidate()
  hot.invalidate('why')
  hot.data.anything = 1
  import('./dep.js', hot.boundary)
  const off: () => void = hot.on('update', ({ files, durationMs }) => {
    files[0]?.toUpperCase()
    durationMs.toFixed()
  })
  off()
  const offVite: () => void = hot.on('vite:beforeUpdate', (payload) => { payload.anything })
  offVite()
  hot.off('vite:beforeUpdate', () => {})
  hot.off('error', ({ phase }) => { phase satisfies 'load' | 'dispose' | 'evaluate' | 'accept' | 'prune' })

  // @ts-expect-error: data itself cannot be assigned
  hot.data = {}
  // @ts-expect-error: a handler is a function
  hot.dispose('no')
  // @ts-expect-error: nor is this a resource
  hot.dispose({ close() {} })
  // @ts-expect-error: a dependency is a string
  hot.accept(1)
  // @ts-expect-error: no such event
  hot.on('beforeUpdate', () => {})
  // @ts-expect-error: no such property of the payload
  hot.on('prune', ({ files }) => { files })
}
import.meta.hot?.accept('./dep.js', ({ default: fn }) => { fn() })
await import('./dep.js', import.meta.hot?.boundary)
`

it('hot-hook/import-meta types import.meta.hot, by reference', () => {
  const source = `/// <reference types="hot-hook/import-meta" />\n${everyMember}`
  expect(typeErrors({ 'server.ts': source, 'dep.ts': dep })).toBe('')
})

it('hot-hook/import-meta types import.meta.hot, by "types" in tsconfig.json', () => {
  const files = { 'server.ts': everyMember, 'dep.ts': dep }
  expect(typeErrors(files, { types: ['hot-hook/import-meta'] })).toBe('')
  // Without it there is nothing to accept.
  expect(typeErrors(files)).toContain("Property 'hot' does not exist on type 'ImportMeta'")
})

it('hot-hook/import-meta types module.hot, beside the types of Node and without them', () => {
  const source = `module.hot?.accept('./dep.cjs', (next) => { next.anything })
// @ts-expect-error: it is undefined unless Hot Hook runs
module.hot.accept()
module.hot?.dispose(async (data) => { data.anything = 1 })
// @ts-expect-error: no such event
module.hot?.on('nope', () => {})
export {}
`
  const own = 'declare var module: NodeJS.Module\n'
  const types = ['hot-hook/import-meta']
  expect(typeErrors({ 'server.cts': source, 'own.d.ts': own }, { types })).toBe('')
  const packages = fileURLToPath(new URL('../../../../../node_modules/@types', import.meta.url))
  const withNode = { types: ['node'], typeRoots: [packages] }
  const referring = `/// <reference types="hot-hook/import-meta" />\n${source}`
  expect(typeErrors({ 'server.cts': referring }, withNode)).toBe('')
})

it('data has a type of its own through ImportMetaHot<Data>', () => {
  const source = `import type { ImportMetaHot } from 'hot-hook/import-meta'

interface State { connections: Set<string>; count?: number }
const hot: ImportMetaHot<Partial<State>> | undefined = import.meta.hot
const connections = hot?.data.connections ?? new Set<string>()
connections.add('first')
hot?.dispose((data) => {
  data.connections = connections
  data.count = (data.count ?? 0) + 1
  // @ts-expect-error: no such property
  data.other = 1
  // @ts-expect-error: another type
  data.count = 'one'
})
hot?.prune(({ connections }) => { connections?.clear() })
// @ts-expect-error: another type
const count: string = hot?.data.count ?? ''
`
  expect(typeErrors({ 'server.ts': source })).toBe('')
})
