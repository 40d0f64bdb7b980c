// What depends on turns of the event loop, on how long it has waited, and on the clock: all of them given.
import { utimesSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ModuleNode } from '../../src/graph/module-graph.ts'
import { type LoopMoment, loopMoment } from '../../src/watch/event-loop.ts'
import { freshness, graph, loaded as justLoaded } from '../harness/loaded-files.ts'

/** `times` are what the clock says, one after the other; then `now`. */
let loop: { turn: number; idleMs: number; now: number; times: number[] }

beforeEach(() => {
  loop = { turn: 1, idleMs: 5_000, now: 10_000, times: [] }
  const { nodeTiming } = performance
  vi.spyOn(nodeTiming, 'idleTime', 'get').mockImplementation(() => loop.idleMs)
  const metrics = () => ({ loopCount: loop.turn, events: 0, eventsWaiting: 0 })
  vi.spyOn(nodeTiming, 'uvMetricsInfo', 'get').mockImplementation(metrics)
  vi.spyOn(performance, 'now').mockImplementation(() => loop.times.shift() ?? loop.now)
})

afterEach(() => vi.restoreAllMocks())

/** A module whose file was loaded long after it was written: a look is enough to know it. */
function loaded(name: string): ModuleNode {
  const node = justLoaded(name)
  node.running = 0
  if (node.signature) node.signature.readAt += 10_000
  return node
}

/** `app` and 99 modules more, so that a look at all takes a tenth of a millisecond. */
function program(): ModuleNode {
  const app = loaded('app.js')
  for (let count = 1; count < 100; count++) {
    const node = graph.ensure(`/made/${count}.js`, `file:///made/${count}.js`)
    graph.link(app, node, 'static', 0)
  }
  return app
}

let saves = 0
const save = ({ file }: ModuleNode) => writeFileSync(file, `save ${++saves}`)

/** The loop has turned, and has waited for so long in front of that. */
function turn(waitedMs = 0): void {
  loop.turn++
  loop.idleMs += waitedMs
}

function watched(isPrompt: boolean): Set<string> {
  const pending = new Set<string>()
  freshness.watch = { pending, isPrompt }
  return pending
}

describe('all was heard of by a prompt watcher', () => {
  it('when the loop has waited, however shortly, and somebody asked in the turn before', () => {
    watched(true)
    expect(freshness.isHeard).toBe(false)
    turn(0.5)
    expect(freshness.isHeard).toBe(true)
    expect(freshness.isHeard).toBe(true)
    turn()
    expect(freshness.isHeard).toBe(false)
    turn(1)
    turn(1)
    expect(freshness.isHeard).toBe(false)
  })

  it('and is quiet until a look is due, or the loop has rested', () => {
    program()
    watched(true)
    expect(freshness.isHeard).toBe(false)
    freshness.checkProgram()
    // 100 files, each a microsecond, are looked at in a ten thousandth of the time.
    for (let waits = 1; waits < 10; waits++) {
      turn(100)
      expect(freshness.isQuiet).toBe(true)
    }
    turn(100)
    expect(freshness.isQuiet).toBe(false)
    freshness.checkProgram()
    turn(101)
    expect(freshness.isQuiet).toBe(false)
    turn()
    expect(freshness.isQuiet).toBe(false)
  })
})

describe('the program, with a prompt watcher,', () => {
  it('is looked at in a ten thousandth of the time while requests come', () => {
    const app = program()
    watched(true)
    const ask = () => {
      void freshness.isHeard
      return freshness.checkProgram()
    }
    expect(ask()).toEqual([])
    save(app)
    for (let waits = 1; waits < 10; waits++) {
      turn(100)
      expect(ask()).toEqual([])
    }
    turn(100)
    expect(ask()).toEqual([app])
  })

  it('is looked at by who comes after a rest', () => {
    const app = program()
    watched(true)
    void freshness.isHeard
    freshness.checkProgram()
    save(app)
    turn(101)
    void freshness.isHeard
    expect(freshness.checkProgram()).toEqual([app])
  })

  it('is looked at when that is due, also when the watcher has heard of a save that changes nothing', () => {
    const app = program()
    const other = loaded('other.js')
    const pending = watched(true)
    pending.add(other.file)
    save(app)
    void freshness.isHeard
    expect(freshness.checkProgram()).toEqual([app])
  })
})

describe('a boundary', () => {
  it('is looked at by an import that is alone in its turn, however short the time since the last', () => {
    const app = program()
    for (const isPrompt of [false, undefined]) {
      if (isPrompt === undefined) freshness.watch = undefined
      else watched(isPrompt)
      expect(freshness.checkBoundary(app)).toEqual([])
      save(app)
      turn(1)
      loop.now += 0.1
      expect(freshness.checkBoundary(app)).toEqual([app])
      turn()
    }
  })

  it('is not looked at so soon where a prompt watcher has heard of nothing, but when the loop has not waited', () => {
    const app = program()
    watched(true)
    expect(freshness.checkBoundary(app)).toEqual([])
    save(app)
    turn(1)
    loop.now += 0.1
    expect(freshness.checkBoundary(app)).toEqual([])
    turn()
    expect(freshness.checkBoundary(app)).toEqual([app])
  })

  describe('that was saved with another file, of which alone the watcher has heard,', () => {
    let watch: { pending: Set<string>; isPrompt: true; heard?: LoopMoment; toldIn: number }
    let app: ModuleNode
    let other: ModuleNode

    beforeEach(() => {
      app = program()
      other = loaded('other.js')
      watch = { pending: new Set(), isPrompt: true, toldIn: -1 }
      freshness.watch = watch
      expect(freshness.checkBoundary(app)).toEqual([])
      save(app)
      save(other)
      watch.pending.add(other.file)
    })

    it('is looked at when nothing is known of a turn since: a request in it may come again in front of the watcher', () => {
      turn(1)
      turn(1)
      expect(freshness.checkBoundary(app)).toEqual([app, other])
    })

    it('is not looked at where the loop has waited since the watcher heard of something, in the turn before', () => {
      turn(1)
      watch.heard = loopMoment()
      turn(1)
      expect(freshness.checkBoundary(app)).toEqual([other])
      turn(1)
      watch.heard = loopMoment()
      turn()
      expect(freshness.checkBoundary(app)).toEqual([app])
    })

    it('is not looked at in a turn in which the system has told the watcher: of all that was saved before', () => {
      turn()
      turn()
      watch.toldIn = loop.turn
      expect(freshness.checkBoundary(app)).toEqual([other])
      turn()
      expect(freshness.checkBoundary(app)).toEqual([app])
    })
  })

  it('that is not looked at as a whole has nobody else looked at', () => {
    const app = program()
    const other = loaded('other.js')
    const pending = watched(true)
    expect(freshness.checkBoundary(app)).toEqual([])
    save(app)
    save(other)
    pending.add(app.file)
    turn(1)
    expect(freshness.checkBoundary(app)).toEqual([app])
    pending.clear()
    app.running = undefined
    turn(1)
    expect(freshness.checkBoundary(app)).toEqual([])
    freshness.isPaused = true
    turn()
    expect(freshness.checkBoundary(app)).toEqual([])
    freshness.isPaused = false
    turn()
    expect(freshness.checkBoundary(app)).toEqual([other])
  })
})

describe('a look', () => {
  /** Looks at `app` as one of several imports of a turn, so long after the last look ended. */
  function lookAfter(app: ModuleNode, ms: number, costMs = 0): ModuleNode[] {
    loop.now += ms
    loop.times = [loop.now, loop.now + costMs]
    const changed = freshness.checkBoundary(app)
    loop.times = []
    return changed
  }

  /** Whether all files are looked at again under load, so long after the last look. */
  function isLookedAtAfter(app: ModuleNode, ms: number): boolean {
    save(app)
    return lookAfter(app, ms).length === 1
  }

  it('comes again when 20 times of what it costs have gone by', () => {
    const app = program()
    lookAfter(app, 0)
    expect(isLookedAtAfter(app, 1.9)).toBe(false)
    expect(isLookedAtAfter(app, 0.2)).toBe(true)
  })

  it('that costs more is not taken for what it costs at once: for twice as much', () => {
    const app = program()
    lookAfter(app, 0, 50)
    loop.now += 50
    expect(isLookedAtAfter(app, 3.9)).toBe(false)
    expect(isLookedAtAfter(app, 0.2)).toBe(true)
  })

  it('that finds a save says nothing of what it costs', () => {
    const app = program()
    save(app)
    lookAfter(app, 0, 50)
    loop.now += 50
    expect(isLookedAtAfter(app, 2.1)).toBe(true)
  })
})

describe('a file is just read', () => {
  it('until the turn ends, whoever else asks in it; not any more when the next import asks', () => {
    const [app, other] = [loaded('app.js'), loaded('other.js')]
    save(app)
    freshness.checkBoundary(app)
    freshness.checkBoundary(other)
    expect(freshness.isJustRead(app)).toBe(true)
    turn()
    freshness.checkBoundary(other)
    expect(freshness.isJustRead(app)).toBe(false)
  })

  it('only where a look was not enough', () => {
    const app = loaded('app.js')
    freshness.checkBoundary(app)
    expect(freshness.isJustRead(app)).toBe(false)
  })

  it('also with a time as old as can be', () => {
    const app = loaded('app.js')
    save(app)
    utimesSync(app.file, 0, 0)
    freshness.checkBoundary(app)
    expect(freshness.isJustRead(app)).toBe(true)
  })
})

it('a file that stays empty is in the middle of a save for 200 ms', () => {
  const app = loaded('app.js')
  writeFileSync(app.file, '')
  for (const ms of [0, 0, 199]) {
    loop.now += ms
    expect(freshness.check([app])).toEqual([])
    expect(freshness.settles(app)).toBe(true)
  }
  loop.now += 1
  expect(freshness.check([app])).toEqual([app])
  expect(freshness.settles(app)).toBe(false)
})
