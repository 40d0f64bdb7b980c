import { channel } from 'node:diagnostics_channel'
import { setImmediate as immediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { KeptBoundaries } from '../../src/runtime/kept-boundaries.ts'
import { TestGraph } from '../harness/graph.ts'

const started = channel('http.server.request.start')
const finished = channel('http.server.response.finish')

let graph: TestGraph
let told: string[]
let kept: KeptBoundaries

beforeEach(() => {
  graph = new TestGraph()
  told = []
  kept = new KeptBoundaries(({ file }) => told.push(file.slice(1)))
})

/** Lets go of the channels of Node, which all tests share. */
afterEach(async () => {
  for (const node of graph.modules()) kept.asked(node)
  await immediate()
  expect([started.hasSubscribers, finished.hasSubscribers]).toEqual([false, false])
})

const begin = () => {
  const request = {}
  started.publish({ request })
  return request
}
const answer = (request: object = begin()) => finished.publish({ request })

it('a boundary that two requests after a save did not ask for is told of, once', () => {
  const page = graph.node('page')
  kept.asked(page)
  kept.changed([page])
  answer()
  expect(told).toEqual([])
  answer()
  expect(told).toEqual(['page'])
  kept.changed([page])
  answer()
  answer()
  expect(told).toEqual(['page'])
})

it('requests that were under way at the save do not count, nor those before it', () => {
  const page = graph.node('page')
  answer()
  const early = [begin(), begin(), begin()]
  kept.changed([page])
  for (const request of early) answer(request)
  answer()
  expect(told).toEqual([])
  answer()
  expect(told).toEqual(['page'])
})

it('one that was asked for again, or twice before, or is not there, is not told of', async () => {
  const [page, twice, missing] = ['page', 'twice', 'missing'].map((name) => graph.node(name))
  if (!page || !twice || !missing) throw new Error('three were made')
  missing.isMissing = true
  kept.asked(twice)
  kept.asked(twice)
  kept.changed([page, twice, missing])
  kept.asked(page)
  expect(page.timesAsked).toBe(1)
  for (let count = 0; count < 3; count++) answer()
  expect(told).toEqual([])
  await immediate()
  expect(started.hasSubscribers).toBe(false)
})

it('each has its own count, which begins again with a save', () => {
  const [page, other] = [graph.node('page'), graph.node('other')]
  kept.changed([page])
  answer()
  kept.changed([other])
  answer()
  expect(told).toEqual(['page'])
  kept.changed([other])
  answer()
  expect(told).toEqual(['page'])
  answer()
  expect(told).toEqual(['page', 'other'])
})

it('a save in the turn in which the last is told of is not missed', async () => {
  const [page, other] = [graph.node('page'), graph.node('other')]
  kept.changed([page])
  answer()
  answer()
  kept.changed([other])
  await immediate()
  answer()
  expect(told).toEqual(['page'])
  answer()
  expect(told).toEqual(['page', 'other'])
})

it('a request that began when another boundary was waited for does not count', async () => {
  const [page, other] = [graph.node('page'), graph.node('other')]
  kept.changed([page])
  const long = begin()
  kept.asked(page)
  await immediate()
  kept.changed([other])
  answer(long)
  answer()
  expect(told).toEqual([])
})

it('nobody listens to requests until a boundary is stale', () => {
  kept.changed([])
  expect([started.hasSubscribers, finished.hasSubscribers]).toEqual([false, false])
  kept.changed([graph.node('page')])
  expect([started.hasSubscribers, finished.hasSubscribers]).toEqual([true, true])
})

it('requests are listened to again with the next save', async () => {
  const [page, other] = [graph.node('page'), graph.node('other')]
  kept.changed([page])
  kept.asked(page)
  await immediate()
  kept.changed([other])
  answer()
  answer()
  expect(told).toEqual(['other'])
})

it('a request that is under way at the save of another boundary counts for the first', () => {
  const [page, other] = [graph.node('page'), graph.node('other')]
  kept.changed([page])
  const request = begin()
  kept.changed([other])
  answer(request)
  answer()
  expect(told).toContain('page')
})
