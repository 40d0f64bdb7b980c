import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Freshness } from '../../src/watch/freshness.ts'
import { eventually, freshness, graph, loaded, nextTurn } from '../harness/loaded-files.ts'

describe('the files of the program', () => {
  it('are all looked at by a lone request, those that came since as well', async () => {
    const node = loaded('a.js')
    expect(freshness.checkProgram()).toEqual([])
    const late = loaded('late.js')
    graph.link(node, late, 'static', 0)
    for (const { file } of [node, late]) writeFileSync(file, 'two')
    await nextTurn()
    expect(freshness.checkProgram()).toEqual([node, late])
    await nextTurn()
    expect(freshness.checkProgram()).toEqual([])
    writeFileSync(node.file, 'three')
    await nextTurn()
    expect(freshness.checkProgram()).toEqual([node])
  })

  it('are not looked at while saves wait', async () => {
    const node = loaded('a.js')
    freshness.isPaused = true
    writeFileSync(node.file, 'two')
    expect(freshness.checkProgram()).toEqual([])
    expect(freshness.checkBoundary(node)).toEqual([])
    freshness.isPaused = false
    await nextTurn()
    expect(freshness.checkProgram()).toEqual([node])
  })
})

describe('the files of the program, with a prompt watcher', () => {
  function program() {
    const node = loaded('app.js')
    const pending = new Set<string>()
    const watch = { pending, isPrompt: true }
    const freshness = new Freshness(graph, { recheck: () => {} })
    freshness.watch = watch
    return { node, pending, watch, freshness }
  }

  /** Lets the event loop wait, so that all that follows in this turn came after that. */
  const wait = async () => {
    const { idleTime } = performance.nodeTiming
    await eventually(() => expect(performance.nodeTiming.idleTime).toBeGreaterThan(idleTime))
  }

  it('are heard of at the end of the turn, or at once when the turn before asked and this one has waited', async () => {
    const { freshness } = program()
    let heard = 0
    let before = -1
    let waitedMs = 0
    for (let times = 0; times < 200; times++) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      const { idleTime, uvMetricsInfo } = performance.nodeTiming
      const isNext = uvMetricsInfo.loopCount === before + 1
      const { isHeard } = freshness
      expect(freshness.isHeard).toBe(isHeard)
      if (isHeard) heard++
      expect(isHeard).toBe(isNext && idleTime > waitedMs)
      before = uvMetricsInfo.loopCount
      waitedMs = idleTime
    }
    expect(heard).toBeGreaterThan(0)
  })

  it('are quiet when all was heard of and that is nothing, until a look at all of them is due', async () => {
    const { node, pending, watch, freshness } = program()
    expect(freshness.isQuiet).toBe(false)
    freshness.checkProgram()
    let quiet = 0
    const isDue = async () => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      if (!freshness.isQuiet) return freshness.isHeard
      quiet++
      pending.add(node.file)
      expect(freshness.isQuiet).toBe(false)
      pending.clear()
      watch.isPrompt = false
      expect(freshness.isQuiet).toBe(false)
      watch.isPrompt = true
      expect(freshness.isHeard).toBe(true)
      return false
    }
    while (!(await isDue()) || quiet === 0) {
      // Another look: the event loop may never have waited for so little.
      if (quiet === 0) freshness.checkProgram()
    }
    writeFileSync(node.file, 'two')
    expect(freshness.checkProgram()).toEqual([node])
  })

  it('are heard of always where nothing is prompt: they are looked at', () => {
    const { node, watch, freshness } = program()
    watch.isPrompt = false
    expect(freshness.isHeard).toBe(true)
    writeFileSync(node.file, 'two')
    expect(freshness.checkProgram()).toEqual([node])
  })

  it('are those that the watcher has heard of', async () => {
    const { node, pending, freshness } = program()
    await wait()
    expect(freshness.isHeard).toBe(false)
    freshness.checkProgram()
    writeFileSync(node.file, 'two')
    expect(freshness.checkProgram()).toEqual([])
    pending.add(node.file)
    expect(freshness.checkProgram()).toEqual([node])
  })

  it('are all looked at by who asks after a rest', async () => {
    const { node, freshness } = program()
    freshness.checkProgram()
    writeFileSync(node.file, 'two')
    const { idleTime } = performance.nodeTiming
    await eventually(() => expect(performance.nodeTiming.idleTime - idleTime).toBeGreaterThan(100))
    expect(freshness.isHeard).toBe(false)
    expect(freshness.checkProgram()).toEqual([node])
  })

  it('are not looked at while what is saved waits', () => {
    const { node, pending, freshness } = program()
    freshness.isPaused = true
    writeFileSync(node.file, 'two')
    pending.add(node.file)
    expect(freshness.checkProgram()).toEqual([])
  })
})
