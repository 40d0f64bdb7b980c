import { beforeEach, expect, it, vi } from 'vitest'
import { Transaction } from '../../src/loader/instances/transaction.ts'
import { LeftOvers } from '../../src/runtime/left-overs.ts'
import { TestProgram } from '../harness/contexts.ts'

let program: TestProgram
let open: string[]
let hints: string[]
let leftOvers: LeftOvers

beforeEach(() => {
  program = new TestProgram()
  open = []
  hints = []
  leftOvers = new LeftOvers(program.registry, (modules, kind) => {
    hints.push(`${kind}: ${modules.map(({ file }) => file.slice(1)).join(' ')}`)
  })
  vi.spyOn(process, 'getActiveResourcesInfo').mockImplementation(() => open)
  return () => vi.restoreAllMocks()
})

/** An update that replaces these modules, whose evaluation opens something. */
function replace(names: string[], opened: string[]): void {
  const nodes = names.map((name) => program.node(name))
  const transaction = new Transaction(nodes, false, true)
  leftOvers.begin(transaction)
  open = [...open, ...opened]
  leftOvers.replaced(transaction, nodes)
}

function source(name: string, text: string): void {
  const node = program.node(name)
  node.signature = { mtimeMs: 0, ctimeMs: 0, size: 0, readAt: 0, source: text }
}

it.each([
  ['timer', 'Timeout'],
  ['server', 'TCPServerWrap'],
  ['server', 'UDPWrap'],
  ['socket', 'TCPSocketWrap'],
  ['socket', 'TLSWrap'],
  ['socket', 'PipeWrap'],
])('a %s that stays with each of three replacements is told of, once', (kind, resource) => {
  open = ['Timeout', 'TCPServerWrap', 'PipeWrap', 'FSReqCallback']
  for (let update = 1; update <= 2; update++) replace(['a'], [resource])
  expect(hints).toEqual([])
  for (let update = 3; update <= 6; update++) replace(['a'], [resource])
  expect(hints).toEqual([`${kind}: a`])
})

it('what else is open says nothing, nor what is opened by nobody', () => {
  for (let update = 0; update < 5; update++) replace(['a'], ['FSReqCallback'])
  for (let update = 0; update < 5; update++) replace(['a'], [])
  for (let update = 0; update < 5; update++) replace([], ['Timeout'])
  leftOvers.replaced(new Transaction([], false, true), [program.node('a')])
  expect(hints).toEqual([])
})

it('what has gone by the next time does not stay', () => {
  for (let update = 0; update < 6; update++) {
    replace(['a'], ['Timeout'])
    open = []
  }
  expect(hints).toEqual([])
})

it('what goes once begins again', () => {
  for (let update = 0; update < 2; update++) replace(['a'], ['Timeout'])
  replace(['a'], [])
  for (let update = 0; update < 2; update++) replace(['a'], ['Timeout'])
  expect(hints).toEqual([])
  replace(['a'], ['Timeout'])
  expect(hints).toEqual(['timer: a'])
})

it('one that opens nothing begins again, whatever others open meanwhile', () => {
  replace(['a'], [])
  open = [...open, 'Timeout']
  for (let update = 0; update < 2; update++) replace(['a'], ['Timeout'])
  expect(hints).toEqual([])
})

it('each kind has its own count', () => {
  replace(['a'], ['Timeout'])
  replace(['a'], ['Timeout', 'TCPServerWrap'])
  replace(['a'], ['TCPServerWrap'])
  expect(hints).toEqual([])
  replace(['a'], ['TCPServerWrap'])
  expect(hints).toEqual(['server: a'])
})

it('a module that disposes is none of them, and begins again when it does no more', () => {
  const disposing = program.run('a')
  for (let update = 0; update < 2; update++) replace(['a'], ['Timeout'])
  disposing.api.dispose(() => {})
  for (let update = 0; update < 4; update++) replace(['a'], ['Timeout'])
  expect(hints).toEqual([])
  disposing.takeDisposers()
  for (let update = 0; update < 2; update++) replace(['a'], ['Timeout'])
  expect(hints).toEqual([])
  replace(['a'], ['Timeout'])
  expect(hints).toEqual(['timer: a'])
})

it.each([
  ['timer', 'Timeout', 'setInterval(poll, 100)'],
  ['timer', 'Timeout', 'new Cron()'],
  ['server', 'TCPServerWrap', 'app.listen(80)'],
  ['server', 'TCPServerWrap', 'createServer()'],
  ['server', 'UDPWrap', 'socket.bind(53)'],
  ['socket', 'PipeWrap', 'new Pool()'],
  ['socket', 'PipeWrap', 'db.connect()'],
])(
  'of those that were replaced together the likely ones are named: %s, %s, %s',
  (kind, resource, text) => {
    source('a', 'export const a = 1')
    source('b', text)
    for (let update = 0; update < 3; update++) replace(['a', 'b'], [resource])
    expect(hints).toEqual([`${kind}: b`])
  },
)

it('where none is more likely than others, three are named', () => {
  for (let update = 0; update < 3; update++) replace(['a', 'b', 'c', 'd'], ['Timeout'])
  expect(hints).toEqual(['timer: a b c'])
})
