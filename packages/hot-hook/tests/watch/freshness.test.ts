import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setImmediate as immediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { decode, stamp } from '../../src/files/signature.ts'
import { ModuleGraph, type ModuleNode } from '../../src/graph/module-graph.ts'
import { Freshness } from '../../src/watch/freshness.ts'

let directory: string
let graph: ModuleGraph
let rechecked: string[]
let freshness: Freshness

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'hot-hook-freshness-')))
  graph = new ModuleGraph()
  rechecked = []
  freshness = new Freshness(graph, {
    recheck: ({ file }) => rechecked.push(file),
  })
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A module whose file has this content and was loaded just now. */
function loaded(name: string, content = 'one'): ModuleNode {
  const file = join(directory, name)
  writeFileSync(file, content)
  const node = graph.ensure(file, `file://${file}`)
  node.signature = { ...stamp(file), readAt: Date.now(), source: readFileSync(file, 'utf8') }
  return node
}

/** `vi.waitFor` on a machine that may be busy. */
const eventually = (passes: () => void) => vi.waitFor(passes, { timeout: 5_000, interval: 5 })

const isChanged = (node: ModuleNode) => freshness.check([node]).length === 1

/** Sets the time of the last write, in seconds since 1970. */
function writtenAt(node: ModuleNode, seconds: number): void {
  utimesSync(node.file, seconds, seconds)
}

/** The first of them may still belong to this turn of the event loop. */
async function nextTurn(): Promise<void> {
  await immediate()
  await immediate()
}

describe('a save', () => {
  it('is found once', () => {
    const node = loaded('a.js')
    expect(isChanged(node)).toBe(false)
    writeFileSync(node.file, 'two, longer')
    expect(isChanged(node)).toBe(true)
    expect(isChanged(node)).toBe(false)
  })

  it('of the same length in the same tick of the clock is found', () => {
    const node = loaded('a.js')
    const { mtime } = statSync(node.file)
    for (const content of ['two', 'six', 'ten']) {
      writeFileSync(node.file, content)
      utimesSync(node.file, mtime, mtime)
      node.signature = { ...stamp(node.file), readAt: Date.now(), source: node.signature?.source }
      expect(isChanged(node)).toBe(true)
    }
  })

  it('that leaves the content as it was is none, also by a new file renamed over it', () => {
    const node = loaded('a.js')
    writtenAt(node, 1000)
    expect(isChanged(node)).toBe(false)
    writeFileSync(`${node.file}~`, 'one')
    renameSync(`${node.file}~`, node.file)
    expect(isChanged(node)).toBe(false)
  })

  it('is compared with the source that was loaded, not with what was saved in between', () => {
    const node = loaded('a.js')
    writeFileSync(node.file, 'two')
    writeFileSync(node.file, 'one')
    expect(isChanged(node)).toBe(false)
  })

  it('with an older time than before is found: a file from a backup or another branch', () => {
    const node = loaded('a.js')
    writeFileSync(node.file, 'two')
    writtenAt(node, 1000)
    expect(isChanged(node)).toBe(true)
  })

  it('with the time and the length of before is found: cp -p, mv, touch -d', () => {
    const node = loaded('a.js')
    writtenAt(node, 1000)
    // Long after: what the clock cannot tell apart is read in any case.
    const known = (source: string) => ({ ...stamp(node.file), readAt: Date.now() + 1000, source })
    node.signature = known('one')
    for (const content of ['two', 'six', 'ten']) {
      writeFileSync(node.file, content)
      writtenAt(node, 1000)
      expect(isChanged(node)).toBe(true)
      node.signature = known(content)
    }
  })

  it('of a file that could not be read when it was loaded is a change, whatever it holds', () => {
    const node = loaded('a.js')
    node.signature = { ...stamp(node.file), readAt: Date.now(), source: undefined }
    expect(isChanged(node)).toBe(false)
    writtenAt(node, 1000)
    expect(isChanged(node)).toBe(true)
    expect(isChanged(node)).toBe(false)
  })

  it('is nothing to a module that was never loaded', () => {
    const node = graph.ensure(join(directory, 'b.js'), 'file:///b.js')
    expect(isChanged(node)).toBe(false)
  })

  it('of a directory is an entry that comes or goes', () => {
    const path = join(directory, 'views')
    mkdirSync(path)
    utimesSync(path, 1000, 1000)
    const node = graph.ensure(path, `file://${path}`)
    node.signature = { ...stamp(path), readAt: Date.now(), source: undefined }
    expect(isChanged(node)).toBe(false)
    writeFileSync(join(path, 'home.js'), '')
    expect(isChanged(node)).toBe(true)
  })
})

describe('a file in the middle of a save', () => {
  it('is not changed while it is empty, and looked at again', async () => {
    const node = loaded('a.js')
    writeFileSync(node.file, '')
    expect(isChanged(node)).toBe(false)
    writeFileSync(node.file, 'two')
    expect(isChanged(node)).toBe(true)
    await eventually(() => expect(rechecked).toEqual([node.file]))
    expect(isChanged(node)).toBe(false)
  })

  it('is changed when it stays empty or missing', async () => {
    const [empty, missing] = [loaded('empty.js'), loaded('missing.js')]
    writeFileSync(empty.file, '')
    rmSync(missing.file)
    expect(freshness.check([empty, missing])).toEqual([])
    await eventually(() => expect(rechecked.length).toBe(2))
    expect(freshness.check([empty, missing])).toEqual([empty, missing])
    expect(freshness.check([empty, missing])).toEqual([])
  })

  it('is changed when it comes back, also with the content it had', async () => {
    const node = loaded('a.js')
    rmSync(node.file)
    isChanged(node)
    await eventually(() => expect(isChanged(node)).toBe(true))
    writeFileSync(node.file, 'one')
    expect(isChanged(node)).toBe(true)
  })

  it('that comes back is not changed while it is empty', async () => {
    const node = loaded('a.js')
    rmSync(node.file)
    await eventually(() => expect(isChanged(node)).toBe(true))
    writeFileSync(node.file, '')
    expect(isChanged(node)).toBe(false)
    writeFileSync(node.file, 'two')
    expect(isChanged(node)).toBe(true)
  })

  it('is none when it is missing again, as it was', async () => {
    const node = loaded('a.js')
    rmSync(node.file)
    await eventually(() => expect(isChanged(node)).toBe(true))
    writeFileSync(node.file, '')
    expect(isChanged(node)).toBe(false)
    expect(freshness.isSettling).toBe(true)
    rmSync(node.file)
    expect(isChanged(node)).toBe(false)
    expect(freshness.isSettling).toBe(false)
  })

  it('may be empty from the start', () => {
    const node = loaded('a.js', '')
    expect(isChanged(node)).toBe(false)
    writeFileSync(node.file, 'one')
    expect(isChanged(node)).toBe(true)
  })
})

describe('the files under a boundary', () => {
  function boundary(): { app: ModuleNode; model: ModuleNode } {
    const [app, model] = [loaded('app.js'), loaded('model.js')]
    graph.link(app, model, 'static', 0)
    return { app, model }
  }

  it('are all looked at by a lone import', async () => {
    const { app, model } = boundary()
    expect(freshness.checkBoundary(app)).toEqual([])
    writeFileSync(model.file, 'two')
    writeFileSync(app.file, 'two')
    await nextTurn()
    expect(freshness.checkBoundary(app)).toEqual([app, model])
    await nextTurn()
    expect(freshness.checkBoundary(app)).toEqual([])
  })

  it('are those of now: an import that came is looked at, one that went is not', async () => {
    const { app, model } = boundary()
    freshness.checkBoundary(app)
    const late = loaded('late.js')
    graph.link(app, late, 'static', 1)
    graph.commit(app, 1, () => false)
    writeFileSync(model.file, 'two')
    await nextTurn()
    expect(freshness.checkBoundary(app)).toEqual([])
    writeFileSync(late.file, 'two')
    await nextTurn()
    expect(freshness.checkBoundary(app)[0]).toBe(late)
  })

  it('are all that are loaded when something is due to be loaded: who knows what it imports', async () => {
    const { app, model } = boundary()
    const other = loaded('other.js')
    app.running = 0
    writeFileSync(other.file, 'two')
    expect(freshness.checkBoundary(app)).toEqual([])
    writeFileSync(model.file, 'two')
    await nextTurn()
    expect(freshness.checkBoundary(app)).toEqual([model, other])
  })

  it('are looked at by every import that has its turn of the event loop for itself', async () => {
    const { app, model } = boundary()
    for (const content of ['two', 'three', 'four', 'five']) {
      writeFileSync(model.file, content)
      expect(freshness.checkBoundary(app)).toEqual([model])
      await nextTurn()
    }
  })

  it('are looked at when a prompt watcher has heard of none of them, or else only those', async () => {
    const { app, model } = boundary()
    const pending = new Set<string>()
    const watched = new Freshness(graph, { recheck: () => {} })
    watched.watch = { pending, isPrompt: true }
    /** The files found by an import after the event loop has waited for something. */
    const check = async () => {
      const { idleTime } = performance.nodeTiming
      await eventually(() => expect(performance.nodeTiming.idleTime).toBeGreaterThan(idleTime))
      return watched.checkBoundary(app)
    }
    expect(await check()).toEqual([])
    for (const { file } of [app, model]) writeFileSync(file, 'two')
    pending.add(model.file)
    expect(await check()).toEqual([model])
    pending.clear()
    expect(await check()).toEqual([app])
  })

  it('are just read when the import found them changed, until the turn of the event loop ends', async () => {
    const { app, model } = boundary()
    writeFileSync(model.file, 'two')
    expect(freshness.isJustRead(model)).toBe(false)
    freshness.checkBoundary(app)
    expect(freshness.isJustRead(model)).toBe(true)
    expect(model.signature?.source).toBe('two')
    await nextTurn()
    expect(freshness.isJustRead(model)).toBe(false)
  })

  it('are not just read when they are missing', async () => {
    const { app, model } = boundary()
    rmSync(model.file)
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1000)
    onTestFinished(() => clock.mockRestore())
    expect(freshness.checkBoundary(app)).toEqual([])
    await nextTurn()
    clock.mockReturnValue(2000)
    expect(freshness.checkBoundary(app)).toEqual([model])
    expect(freshness.isJustRead(model)).toBe(false)
  })

  it('are not looked at by each of many imports in one turn, but soon again', () => {
    const { app, model } = boundary()
    for (let node = 0; node < 500; node++) graph.link(app, loaded(`${node}.js`), 'static', 0)
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1000)
    onTestFinished(() => clock.mockRestore())
    freshness.checkBoundary(app)
    writeFileSync(model.file, 'two')
    // The second in this turn comes right after a check of 500 files.
    expect(freshness.checkBoundary(app)).toEqual([])
    clock.mockReturnValue(1020)
    expect(freshness.checkBoundary(app)).toEqual([model])
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

describe('decode', () => {
  it('gives the text of a string, a Buffer, a bare array or an ArrayBuffer, without its mark', () => {
    const bytes = new TextEncoder().encode('\uFEFFété')
    expect(decode('été')).toBe('été')
    expect(decode(Buffer.from(bytes))).toBe('été')
    expect(decode(bytes)).toBe('été')
    expect(decode(bytes.buffer)).toBe('été')
    expect(decode(new Uint8Array([0, ...bytes, 0]).subarray(1, -1))).toBe('été')
  })
})

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

  it('are settling as long as one of them is in the middle of a save', async () => {
    const node = loaded('a.js')
    expect(freshness.isSettling).toBe(false)
    writeFileSync(node.file, '')
    expect(isChanged(node)).toBe(false)
    expect(freshness.isSettling).toBe(true)
    writeFileSync(node.file, 'one')
    expect(isChanged(node)).toBe(false)
    expect(freshness.isSettling).toBe(false)
    rmSync(node.file)
    expect(isChanged(node)).toBe(false)
    // A load that has failed meanwhile knows no source of it.
    node.signature = { ...stamp(node.file), readAt: Date.now(), source: undefined }
    writeFileSync(node.file, 'two')
    expect(isChanged(node)).toBe(true)
    expect(freshness.isSettling).toBe(false)
  })
})

describe('under load', () => {
  /** So many files that a look at all of them may be taken every quarter of a second. */
  function large(): ModuleNode {
    const app = loaded('app.js')
    for (let count = 0; count < 12_500; count++) {
      graph.link(app, graph.ensure(`/made/${count}.js`, `file:///made/${count}.js`), 'static', 0)
    }
    return app
  }

  function clocked(app: ModuleNode) {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(10_000)
    onTestFinished(() => clock.mockRestore())
    return (now: number) => {
      clock.mockReturnValue(now)
      return freshness.checkBoundary(app)
    }
  }

  it('files are looked at now and then, and at once when it has ended', async () => {
    const app = large()
    const check = clocked(app)
    for (let turn = 0; turn < 16; turn++) {
      expect(check(10_000 + turn)).toEqual([])
      expect(check(10_000 + turn)).toEqual([])
      await nextTurn()
    }
    writeFileSync(app.file, 'two')
    expect(check(10_114)).toEqual([])
    await nextTurn()
    expect(check(10_116)).toEqual([app])
    writeFileSync(app.file, 'three')
    expect(check(10_116)).toEqual([])
    // It goes on, and what is left of the time has come for them all the same.
    expect(check(10_365)).toEqual([])
    expect(check(10_467)).toEqual([app])
  })

  it('is not one client whose requests import something twice', async () => {
    const app = large()
    const check = clocked(app)
    for (const [turn, source] of ['two', 'three', 'four'].entries()) {
      writeFileSync(app.file, source)
      expect(check(10_000 + turn)).toEqual([app])
      expect(check(10_000 + turn)).toEqual([])
      await nextTurn()
    }
  })

  it('what the watcher has heard of is looked at all the same, entries of directories as well', async () => {
    const app = large()
    const pending = new Set<string>()
    const watched = new Freshness(graph, { recheck: () => {} })
    watched.watch = { pending, isPrompt: false }
    const clock = vi.spyOn(performance, 'now').mockReturnValue(10_000)
    onTestFinished(() => clock.mockRestore())
    watched.checkBoundary(app)
    mkdirSync(join(directory, 'routes'))
    const path = join(directory, 'routes')
    const routes = graph.ensure(path, `file://${path}`)
    routes.signature = { ...stamp(path), readAt: Date.now(), source: '' }
    writeFileSync(join(path, 'a.js'), '')
    pending.add(join(path, 'a.js'))
    expect(watched.checkBoundary(app)).toEqual([routes])
    expect(watched.checkBoundary(app)).toEqual([])
  })
})

describe('a file that is there and cannot be read', () => {
  it('is told of when it has settled; one that is gone is not', async () => {
    const told: string[] = []
    const watched = new Freshness(graph, {
      recheck: () => {},
      unreadable: ({ file }, error) => {
        told.push(`${basename(file)}: ${'code' in error ? error.code : error.message}`)
      },
    })
    mkdirSync(join(directory, 'lib'))
    const nodes = ['loop.js', 'gone.js', 'lib/below.js', 'saved.js'].map((name) => loaded(name))
    const [loop, gone, , saved] = nodes as [ModuleNode, ModuleNode, ModuleNode, ModuleNode]
    for (const { file } of [loop, gone]) rmSync(file)
    symlinkSync('loop.js', loop.file)
    rmSync(join(directory, 'lib'), { recursive: true })
    writeFileSync(join(directory, 'lib'), 'no directory')
    writeFileSync(saved.file, 'two')
    expect(watched.check(nodes)).toEqual([saved])
    const changed = new Set<ModuleNode>()
    await eventually(() => {
      for (const node of watched.check(nodes)) changed.add(node)
      expect(changed.size).toBe(3)
    })
    expect(watched.check(nodes)).toEqual([])
    expect(told).toEqual(['loop.js: ELOOP'])
  })
})
