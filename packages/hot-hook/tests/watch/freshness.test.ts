import {
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { decode, stamp } from '../../src/files/signature.ts'
import type { ModuleNode } from '../../src/graph/module-graph.ts'
import { Freshness } from '../../src/watch/freshness.ts'
import {
  directory,
  eventually,
  freshness,
  graph,
  isChanged,
  loaded,
  rechecked,
} from '../harness/loaded-files.ts'

/** Sets the time of the last write, in seconds since 1970. */
function writtenAt(node: ModuleNode, seconds: number): void {
  utimesSync(node.file, seconds, seconds)
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

  it('within a tick of the last one is found where the clock of files is an hour behind', () => {
    const node = loaded('a.js')
    const { now } = Date
    const ahead = vi.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000)
    for (let content = 100; content < 200; content++) {
      // A file that is renamed over it has a time of its own: no kernel knows that it is compared.
      writeFileSync(`${node.file}~`, String(content))
      renameSync(`${node.file}~`, node.file)
      expect(isChanged(node), String(content)).toBe(true)
    }
    ahead.mockRestore()
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

  it('has all settle as long as it does', async () => {
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
