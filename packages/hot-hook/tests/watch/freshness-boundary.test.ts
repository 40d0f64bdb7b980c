import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { stamp } from '../../src/files/signature.ts'
import type { ModuleNode } from '../../src/graph/module-graph.ts'
import { Freshness } from '../../src/watch/freshness.ts'
import { directory, freshness, graph, loaded, nextTurn } from '../harness/loaded-files.ts'

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
    app.version = 1
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
