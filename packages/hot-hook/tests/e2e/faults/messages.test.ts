import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { invalidated, load, started } from '../../harness/waiting-program.ts'

const long = 'x'.repeat(5000)
const huge = 'y'.repeat(300_000)
const types = [
  'file-changed',
  'explain',
  'dump',
  'settle',
  'pause',
  'full-reload',
  'loaded',
  'nothing',
]
const values = [null, true, -1, '', 'a\0b', `/${long}`, '/', '.', '\ud800', [], [[null]], {}]

/** Whatever JSON can say, in the place of what Hot Hook reads. */
const garbage: unknown[] = [
  true,
  7,
  'hot-hook:file-changed',
  [],
  [{ type: 'hot-hook:file-changed', path: '/' }],
  { type: ['hot-hook:file-changed'] },
  JSON.parse('{ "__proto__": { "type": "hot-hook:file-changed" }, "constructor": null }'),
  { type: `hot-hook:${huge}` },
  { type: 'hot-hook:loaded', paths: ['/'], stamps: [{ mtimeMs: 'now', size: {} }] },
  ...types.flatMap((type) =>
    values.map((value) => ({
      type: `hot-hook:${type}`,
      path: value,
      action: value === '' ? undefined : value,
      files: value,
      id: value,
      isPaused: typeof value === 'boolean' ? undefined : value,
      paths: value,
    })),
  ),
  ...[...values, huge].map((path) => ({ type: 'hot-hook:file-changed', path })),
  ...values.map((path) => ({ type: 'hot-hook:explain', files: [path] })),
  { type: 'hot-hook:explain', files: Array(50).fill(long) },
]

const circular: Record<string, unknown> = { type: 'hot-hook:file-changed' }
circular.path = circular

/** What only structured cloning can say. */
const cloned: unknown[] = [
  circular,
  new Map([['type', 'hot-hook:file-changed']]),
  new Error('hot-hook:file-changed'),
  Object.assign(new Error('mine'), { type: 'hot-hook:file-changed', path: 'a' }),
  { type: 'hot-hook:file-changed', path: new Date(Number.NaN) },
  { type: 'hot-hook:file-changed', path: new Uint8Array(9), action: /x/ },
  { type: 'hot-hook:explain', files: new Set(['a']), id: Number.NaN },
  { type: 'hot-hook:pause', isPaused: Object(true) },
]

describe.each(nodeMajors)('on Node %s, from the parent', (node) => {
  it.each([
    ['JSON', {}, garbage],
    ['structured clones', { serialization: 'advanced' as const }, [...garbage, ...cloned]],
  ])(
    'garbage in %s ends nothing, and saves are heard of after it',
    async (_, options, messages) => {
      const app = await started({}, { node, ...options, hotHook: { log: 'debug' } })
      for (const message of messages) app.child.send(message as object)
      app.child.send('ping')
      await app.until('answer', () => app.messages.some((each) => String(each) === 'pong'))
      for (const count of [1, 2, 3]) {
        app.save('model.js', `export const value = ${count}`)
        await invalidated(app, count)
        await load(app, count)
      }
      expect(app.stderr).toContain("a message that is not for Hot Hook: 'hot-hook:file-changed'")
      expect(app.stderr).not.toMatch(/HOT_HOOK_INTERNAL|^\w*Error/m)
    },
  )
})
