import { expect, it } from 'vitest'
import { invalidated, invalidations, load, started } from '../../harness/waiting-program.ts'

it.each([
  ['watch: false', { hotHook: { watch: false } }],
  ['HOT_HOOK_WATCH=false', { env: { HOT_HOOK_WATCH: 'false' } }],
])('%s leaves it to the parent to say what changed', async (_, options) => {
  const app = await started({}, options)
  app.save('model.js', 'export const value = 1')
  app.save('.env', 'A=1')
  app.child.send('ping')
  await app.until('answer', () => app.messages.some((each) => String(each) === 'pong'))
  expect(invalidations(app)).toEqual([])
  const say = (path: string, action?: string) =>
    app.child.send({ type: 'hot-hook:file-changed', path, ...(action && { action }) })
  say(app.path('model.js'), 'change')
  await invalidated(app, 1)
  await load(app, 1)
  app.save('model.js', 'export const value = 2')
  say('model.js')
  await invalidated(app, 2)
  app.remove('model.js')
  say('model.js', 'unlink')
  await invalidated(app, 3)
  app.save('model.js', 'export const value = 3')
  say('model.js', 'add')
  await invalidated(app, 4)
  await load(app, 3)
  say('.env', 'add')
  expect(await app.message('hot-hook:full-reload')).toMatchObject({ path: app.path('.env') })
})

it('watch: false still gives an import() what was saved, and tells it once', async () => {
  const app = await started({}, { hotHook: { watch: false } })
  app.save('model.js', 'export const value = 1')
  await load(app, 1)
  app.child.send({ type: 'hot-hook:file-changed', path: 'model.js', action: 'change' })
  app.child.send('ping')
  await app.until('answer', () => app.messages.some((each) => String(each) === 'pong'))
  expect(invalidations(app)).toEqual(['model.js app.js'])
})

it('watch: false misses no save that the parent keeps to itself after one that it told of', async () => {
  const app = await started({}, { hotHook: { watch: false } })
  const say = (path: string) => app.child.send({ type: 'hot-hook:file-changed', path })
  app.save('model.js', 'export const value = 1')
  say('model.js')
  await invalidated(app, 1)
  await load(app, 1)
  app.save('model.js', 'export const value = 2')
  await invalidated(app, 2)
  app.saveByRename('model.js', 'export const value = 3')
  await invalidated(app, 3)
  await load(app, 3)
  // Told late, it is no save of its own.
  say('model.js')
  app.child.send('ping')
  await app.until('answer', () => app.messages.some((each) => String(each) === 'pong'))
  expect(invalidations(app)).toEqual(Array(3).fill('model.js app.js'))
})

it('malformed messages of the parent are ignored, with a line in the debug log', async () => {
  const app = await started({}, { hotHook: { log: 'debug' } })
  const nonsense = [null, 1, {}, { type: 1 }, { type: 'hot-hook:file-changed' }]
  for (const message of nonsense.slice(1)) app.child.send(message as object)
  app.child.send({ type: 'hot-hook:file-changed', path: 7 })
  app.child.send({ type: 'hot-hook:file-changed', path: 'model.js', action: 'explode' })
  app.save('model.js', 'export const value = 1')
  await load(app, 1)
  await app.output("a message that is not for Hot Hook: { type: 'hot-hook:file-changed', path: 7 }")
  await app.output("action: 'explode' }")
  expect(app.child.exitCode).toBe(null)
})
