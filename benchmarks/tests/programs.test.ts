import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { node } from '../candidates/node.ts'
import { AppProcess } from '../harness/app-process.ts'
import { Saver } from '../harness/save.ts'
import { staticEntry, versionedImportEntry } from '../programs/entry-source.ts'
import { writeLadder } from '../programs/ladder.ts'
import { type Program, writePackageJson } from '../programs/program.ts'
import { writeSingleCommonJs, writeSingleModule } from '../programs/single.ts'
import { writeTree } from '../programs/tree.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hot-hook-bench-test-'))
  writePackageJson(directory)
})

afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

/** Runs the program in a process of its own: how many modules it evaluates, and its value. */
function runProgram(file: string): { evaluated: number; value: number } {
  const code = `const { default: app } = await import(${JSON.stringify(pathToFileURL(file).href)})
console.log(JSON.stringify({ value: app(), evaluated: globalThis.evaluated }))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

function saveOnce(program: Program, name: string, version: number) {
  const target = program.targets[name]
  if (!target) throw new Error(`the program has no ${name}`)
  writeFileSync(target.file, target.source(version))
  return target
}

describe('a generated program', () => {
  test.each(['js', 'ts'] as const)('a %s tree has exactly the modules asked for', (language) => {
    writeTree({ directory, size: 137, language })
    expect(runProgram(join(directory, `app.${language}`))).toEqual({ evaluated: 137, value: 0 })
  })

  test('a save of each target changes the value by its weight', () => {
    const program = writeTree({ directory, size: 137, language: 'js' })
    let expected = 0
    for (const name of ['leaf', 'middle', 'shared', 'app']) {
      expected += 3 * saveOnce(program, name, 3).weight
      expect(runProgram(join(directory, 'app.js')).value).toBe(expected)
    }
    expect(program.targets.shared?.weight).toBeGreaterThan(1)
  })

  test('its value may be that of one way to each target alone', () => {
    const program = writeTree({ directory, size: 137, language: 'js', isValueOfTargets: true })
    let expected = 0
    for (const name of ['leaf', 'middle', 'shared', 'app']) {
      const { weight } = saveOnce(program, name, 3)
      expect(weight).toBe(1)
      expected += 3
      const run = runProgram(join(directory, 'app.js'))
      expect(run).toEqual({ evaluated: 137, value: expected })
    }
  })

  test('the affected modules of a tree are those between the change and app', () => {
    const { targets } = writeTree({ directory, size: 1_000, language: 'js' })
    expect(targets.app?.affected).toBe(1)
    expect(targets.leaf?.affected).toBe(4)
    expect(targets.middle?.affected).toBeLessThan(4)
    expect(targets.shared?.affected).toBeGreaterThan(100)
  })

  test('a ladder has three modules a diamond and shows its bottom in its value', () => {
    const program = writeLadder(directory, 12)
    saveOnce(program, 'bottom', 7)
    expect(runProgram(join(directory, 'app.js'))).toEqual({ evaluated: 37, value: 7 })
    expect(program.size).toBe(37)
  })

  test('a single module runs as an ES module and as CommonJS', () => {
    const esm = writeSingleModule(directory, 5)
    saveOnce(esm, 'app', 2)
    expect(runProgram(join(directory, 'app.js'))).toEqual({ evaluated: 1, value: 2 })
    const cjs = writeSingleCommonJs(directory)
    saveOnce(cjs, 'app', 4)
    expect(runProgram(join(directory, 'app.cjs'))).toEqual({ evaluated: 1, value: 4 })
  })
})

describe('a candidate running a program', () => {
  test('answers its state, and a save of the entry arrives in a new process', async () => {
    const program = writeTree({ directory, size: 20, language: 'js' })
    const command = node.prepare(program, 'static')
    const first = await AppProcess.start(command)
    try {
      await first.ready(20_000)
      expect(await first.state()).toMatchObject({ value: 0, evaluated: 20, entry: 0 })
    } finally {
      await first.stop()
    }
    writeFileSync(join(directory, 'server.js'), staticEntry('js', 5))
    const second = await AppProcess.start(command)
    try {
      await second.ready(20_000)
      expect((await second.state()).entry).toBe(5)
    } finally {
      await second.stop()
    }
  })

  test('a stale first answer is told from a fresh one', async () => {
    const program = writeTree({ directory, size: 20, language: 'js' })
    const app = await AppProcess.start(node.prepare(program, 'boundary'))
    try {
      await app.ready(20_000)
      const saver = new Saver(app)
      await saver.warmUp(20_000)
      const seen: number[] = []
      const answer = await saver.untilFresh(({ value }) => seen.push(value) > 1, 20_000)
      expect(answer).toMatchObject({ first: 'stale', failures: 0, evaluated: 0 })
      // Plain node never gives the saved code: after the limit the save counts as lost.
      const leaf = program.targets.leaf
      if (!leaf) throw new Error('the program has no leaf')
      expect(await saver.saveOrLose(leaf, 300)).toBeUndefined()
    } finally {
      await app.stop()
    }
  })

  test('bare Node evaluates as many modules for a save as a loader that reloads', async () => {
    const program = writeTree({ directory, size: 100, language: 'js' })
    const options = { entry: versionedImportEntry }
    const app = await AppProcess.start(node.prepare(program, 'boundary', options))
    try {
      await app.ready(20_000)
      const saver = new Saver(app, true)
      await saver.warmUp(20_000)
      const leaf = program.targets.leaf
      if (!leaf) throw new Error('the program has no leaf')
      for (const value of [1, 2]) {
        const answer = await saver.save(leaf, 20_000)
        expect(answer).toMatchObject({ first: 'fresh', evaluated: 3, state: { value } })
      }
    } finally {
      await app.stop()
    }
  })

  test('a process that ends before it is ready is an error with what it said', async () => {
    const program = writeTree({ directory, size: 20, language: 'js' })
    const entry = "throw new Error('out of order')\n"
    const app = await AppProcess.start(node.prepare(program, 'static', { entry }))
    await expect(app.ready(20_000)).rejects.toThrow('out of order')
    await app.stop()
  })
})
