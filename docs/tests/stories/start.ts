import { expect } from 'vitest'
import type { Story } from '../stage.ts'

const advised = (server: string) => [server, 'app.mjs']

/** The first pages that somebody reads. */
export const stories: Story[] = [
  {
    name: 'the three minutes',
    page: 'README.md',
    blocks: [...advised('server.mjs'), 'console', 'console:2'],
    async play(stage) {
      await stage.serve('server.mjs')
      expect(await stage.ask()).toBe('Hello')
      await stage.session.see('nothing is hot yet')
      stage.edit('app.mjs', 'Hello', 'Hi')
      await stage.session.see(/doctor shows[\s\S]*listening on port/)
      stage.expectShown('console')
      expect(await stage.ask()).toBe('Hi')
      stage.edit('server.mjs', '(app)', '((...args) => app(...args))')
      stage.edit('server.mjs', "mjs'\n\n", "mjs'\nimport.meta.hot?.accept('./app.mjs')\n\n")
      await stage.session.see(/full reload: server.mjs[\s\S]*listening on port/)
      stage.edit('app.mjs', 'Hi', 'Servus')
      await stage.updated()
      stage.expectShown('console:2')
      expect(await stage.ask()).toBe('Servus')
      stage.edit('app.mjs', 'response.end(', 'response.end((')
      await stage.session.see('the old program runs on')
      expect(await stage.ask()).toBe('Servus')
      stage.edit('app.mjs', 'response.end((', 'response.end(')
      await stage.updated()
      expect(stage.session.count('listening on')).toBe(3)
    },
  },
  {
    name: 'getting started',
    page: 'docs/getting-started.md',
    blocks: [
      ...advised('server.mjs'),
      'console',
      'server.mjs:2',
      'console:2',
      'visits.mjs',
      'app.mjs:2',
      'server.mjs:3',
    ],
    async play(stage) {
      await stage.serve('server.mjs')
      await stage.session.see('nothing is hot yet')
      expect(await stage.ask()).toBe('Hello, visit 1')
      stage.edit('app.mjs', 'Hello', 'Hi')
      await stage.session.see(/doctor shows[\s\S]*listening on port/)
      stage.expectShown('console')
      stage.save('server.mjs:2')
      await stage.session.see(/full reload: server.mjs[\s\S]*listening on port/)
      expect(await stage.ask()).toBe('Hi, visit 1')
      expect(await stage.ask()).toBe('Hi, visit 2')
      stage.edit('app.mjs', 'Hi', 'Servus')
      await stage.updated()
      stage.expectShown('console:2')
      expect(await stage.ask()).toBe('Servus, visit 1')
      stage.save('app.mjs:2')
      await stage.updated()
      expect(await stage.ask()).toBe('Hello again, visit 1')
      stage.edit('app.mjs', 'again', 'once more')
      await stage.updated()
      expect(await stage.ask()).toBe('Hello once more, visit 2')
      stage.save('server.mjs:3')
      await stage.session.see(/full reload: server.mjs[\s\S]*listening on port/)
      expect(await stage.ask()).toBe('Hello once more, visit 1')
      stage.edit('app.mjs', 'once more', 'for ever')
      // A request right after a save gets the new code.
      expect(await stage.ask()).toBe('Hello for ever, visit 2')
    },
  },
  {
    name: 'getting started with CommonJS',
    page: 'docs/getting-started.md',
    blocks: ['server.cjs', 'app.cjs'],
    async play(stage) {
      await stage.serve('server.cjs')
      expect(await stage.ask()).toBe('Hello from CommonJS')
      stage.edit('app.cjs', 'Hello', 'Servus')
      await stage.updated()
      expect(await stage.ask()).toBe('Servus from CommonJS')
    },
  },
  {
    name: 'accept and import() in the README of the package',
    page: 'packages/hot-hook/README.md',
    blocks: ['server.mjs', 'app.mjs', 'server.mjs:2'],
    async play(stage) {
      await stage.serve('server.mjs')
      expect(await stage.ask()).toBe('Hello')
      stage.edit('app.mjs', 'Hello', 'Hi')
      await stage.updated()
      expect(await stage.ask()).toBe('Hi')
      stage.save('server.mjs:2')
      await stage.session.see(/full reload: server.mjs[\s\S]*listening on port/)
      stage.edit('app.mjs', 'Hi', 'Servus')
      expect(await stage.ask()).toBe('Servus')
    },
  },
]
