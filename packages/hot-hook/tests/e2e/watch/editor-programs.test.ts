import { describe, expect, it } from 'vitest'
import { App, type AppOptions } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { git, hasCommand, savingPrograms } from '../../harness/programs.ts'
import { invalidations } from '../../harness/waiting-program.ts'

const model = (value: number) => `export const value = ${value}`
const other = (value: number) => `export const other = ${value}`
const files = {
  'server.js': `import http from 'node:http'
    const server = http.createServer(async (_, response) => {
      const show = ({ value, other }) => value + ' ' + other
      response.end(await import('./app.js').then(show, String))
    })
    server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`,
  'app.js': "export { value } from './model.js'\nexport { other } from './other.js'",
  'model.js': model(0),
  'other.js': other(0),
}

async function asked(options: AppOptions): Promise<App> {
  const app = new App(files, { hasParent: true, ...options }).start()
  expect(await app.get()).toBe('0 0')
  return app
}

/** A file that is missing or empty for so long, in milliseconds, counts as deleted: on a busy machine. */
const settleMs = 200

const commands = new Set(savingPrograms.map(({ command }) => command))
const installed = new Set([...commands].filter(hasCommand))
const programs = savingPrograms.filter(({ command }) => installed.has(command))

describe.each(nodeMajors)('on Node %s', (node) => {
  it('a save of a real program is one update, and each answer after it is new', async () => {
    const app = await asked({ node })
    const others = () => invalidations(app).filter((names) => names.includes('other.js')).length
    let value = 0
    for (const [index, program] of programs.entries()) {
      const { name } = program
      const updates = () =>
        invalidations(app).filter((names) => names.startsWith('model.js')).length
      const before = updates()
      let isFast = true
      const save = (text: string) => {
        const startedAt = performance.now()
        program.save(app.path('model.js'), text)
        if (performance.now() - startedAt > settleMs) isFast = false
      }
      for (const _ of [1, 2, 3]) {
        value++
        save(model(value))
        expect(await app.get(), name).toBe(`${value} ${index}`)
      }
      // As a formatter does that has nothing to do.
      save(model(value))
      app.save('other.js', other(index + 1))
      await app.until('other save', () => others() > index)
      if (isFast) expect(updates(), name).toBe(before + 3)
    }
    expect(app.stderr).not.toMatch(/warning|full reload|HOT_HOOK_INTERNAL/)
  })

  it.runIf(hasCommand('git'))('git: checkout, stash and rebase are new at once', async () => {
    const app = await asked({ node })
    const run = (...given: string[]) => git(app.directory, ...given)
    const commit = (name: string) => run('commit', '-q', '-a', '-m', name)
    app.save('.gitignore', 'node_modules')
    run('init', '-q', '-b', 'main')
    run('add', '.')
    commit('first')
    for (const value of [1, 2, 3]) {
      run('checkout', '-q', '-b', `branch${value}`, 'main')
      app.save('model.js', model(value))
      expect(await app.get()).toBe(`${value} 0`)
      commit('model')
    }
    const updates = () => invalidations(app).length
    for (const [branch, answer] of [
      ['main', '0 0'],
      ['branch1', '1 0'],
      ['branch2', '2 0'],
      ['branch1', '1 0'],
    ] as const) {
      const before = updates()
      run('checkout', '-q', branch)
      expect(await app.get()).toBe(answer)
      await app.until('update', () => updates() > before)
    }
    for (const value of [7, 8, 9]) {
      app.save('model.js', model(value))
      app.save('other.js', other(value))
      expect(await app.get()).toBe(`${value} ${value}`)
      run('stash', '-q')
      expect(await app.get()).toBe('1 0')
      run('stash', 'pop', '-q')
      expect(await app.get()).toBe(`${value} ${value}`)
      run('checkout', '-q', '.')
      expect(await app.get()).toBe('1 0')
    }
    run('checkout', '-q', 'main')
    for (const value of [1, 2, 3]) {
      app.save('other.js', other(value))
      expect(await app.get()).toBe(`0 ${value}`)
      commit('other')
    }
    run('checkout', '-q', 'branch3')
    expect(await app.get()).toBe('3 0')
    run('rebase', '-q', 'main')
    expect(await app.get()).toBe('3 3')
    run('reset', '-q', '--hard', 'main~1')
    expect(await app.get()).toBe('0 2')
    expect(app.stderr).not.toMatch(/warning|full reload|HOT_HOOK_INTERNAL/)
  })

  it('a formatter, which saves again what was just saved, is not missed', async () => {
    const app = await asked({ node })
    for (let value = 1; value <= 10; value++) {
      const before = invalidations(app).length
      app.save('model.js', `export const   value =   ${value}`)
      // Within 50 ms: before anybody has asked, or when somebody is just answered.
      const between = value % 2 === 0 ? app.get() : undefined
      app.save('model.js', model(value))
      expect(await app.get()).toBe(`${value} 0`)
      expect([`${value - 1} 0`, `${value} 0`, undefined]).toContain(await between)
      await app.until('update', () => invalidations(app).length > before)
      expect(invalidations(app).length - before).toBeLessThanOrEqual(2)
    }
  })
})
