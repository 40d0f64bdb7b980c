import { expect, it } from 'vitest'
import { invalidations, load, started } from '../../harness/waiting-program.ts'

it.each([
  ['.env', 'PORT=1'],
  ['.env.local', 'PORT=1'],
])(
  '%s asks for a full reload when it is created, changed or deleted, each time',
  async (file, text) => {
    const app = await started({})
    const reloads = () => app.messages.filter(({ type }) => type === 'hot-hook:full-reload')
    const asked = async (count: number) => app.until(`${count}`, () => reloads().length === count)
    app.save(file, text)
    await asked(1)
    app.save(file, `${text}0`)
    await asked(2)
    app.saveByRename(file, `${text}00`)
    await asked(3)
    app.remove(file)
    await asked(4)
    expect(reloads()[0]).toEqual({
      type: 'hot-hook:full-reload',
      path: app.path(file),
      shouldBeReloadable: false,
      chain: [app.path(file)],
      reason: 'it matches "reload"',
    })
    await app.output(`[hot-hook] ${file} changed: full reload, ${file} (it matches "reload")`)
  },
)

it('reload globs match files in directories that are created later; .env does not count then', async () => {
  const app = await started({ 'config/app.yaml': 'a: 1' }, { hotHook: { reload: ['config/**'] } })
  const reloads = () =>
    app.messages
      .filter(({ type }) => type === 'hot-hook:full-reload')
      .map(({ path }) => String(path).slice(app.directory.length + 1))
  app.save('.env', 'PORT=1')
  app.save('config/app.yaml', 'a: 2')
  await app.until('the first', () => reloads().length === 1)
  app.save('config/new/deep.yaml', 'b: 1')
  await app.until('the second', () => reloads().length === 2)
  expect(reloads()).toEqual(['config/app.yaml', 'config/new/deep.yaml'])
})

it('a module that matches reload is never hot, nor is what it imports through it', async () => {
  const app = await started(
    {
      'app.js': "export { value } from './model.js'\nimport './config/index.js'",
      'config/index.js': "import '../limits.js'",
      'limits.js': '',
    },
    { hotHook: { reload: ['config/**'] } },
  )
  app.save('config/index.js', "import '../limits.js' // changed")
  await app.output('config/index.js changed: full reload, config/index.js (it matches "reload")')
  app.save('limits.js', '// changed')
  await app.output(
    'limits.js changed: full reload, limits.js → config/index.js (it matches "reload")',
  )
  app.save('model.js', 'export const value = 1')
  await load(app, 1)
  expect(invalidations(app)).toEqual(['model.js app.js'])
})

it('a save that leaves a reload file as it was does nothing', async () => {
  const app = await started({ '.env': 'PORT=1' })
  app.save('.env', 'PORT=1')
  app.saveByRename('.env', 'PORT=1')
  app.save('.env.local', 'PORT=2')
  const { path } = await app.message('hot-hook:full-reload')
  expect(path).toBe(app.path('.env.local'))
})
