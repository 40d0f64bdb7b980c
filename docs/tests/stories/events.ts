import { expect } from 'vitest'
import type { Story } from '../stage.ts'

/** The pages of options and events. */
export const stories: Story[] = [
  {
    name: 'options in the entry',
    page: 'docs/options.md',
    blocks: ['server.mjs'],
    files: { 'app.mjs': served('.mjs'), 'page.mjs': 'export const page = "one"', 'config/a': '' },
    async play(stage) {
      await stage.command('node', 'server.mjs')
      await stage.session.see('listening')
      expect(await stage.ask()).toBe('one')
      stage.edit('page.mjs', 'one', 'two')
      expect(await stage.ask()).toBe('two')
      stage.session.project.save('config/a', 'changed')
      await stage.session.see(/config.a changed: full reload[\s\S]*listening/)
    },
  },
  {
    name: 'options in the entry of CommonJS',
    page: 'docs/options.md',
    blocks: ['server.cjs'],
    files: { 'app.cjs': served('.cjs'), 'page.cjs': 'exports.page = "one"' },
    async play(stage) {
      await stage.command('node', 'server.cjs')
      await stage.session.see('listening')
      expect(await stage.ask()).toBe('one')
      stage.edit('page.cjs', 'one', 'two')
      await stage.answers('two')
    },
  },
  {
    name: 'events in the log',
    page: 'docs/seeing-what-happens.md',
    blocks: ['log-updates.mjs'],
    files: {
      'server.mjs': `import './log-updates.mjs'\n${served('.mjs')}`,
      'page.mjs': 'export const page = "one"',
    },
    async play(stage) {
      await stage.serve('server.mjs')
      expect(await stage.ask()).toBe('one')
      stage.edit('page.mjs', 'one', 'two')
      expect(await stage.ask()).toBe('two')
      await stage.session.see(/new code .*page.mjs/)
      stage.edit('page.mjs', '=', '= =')
      await stage.ask()
      await stage.session.see(/failed to load .*page.mjs/)
    },
  },
  {
    name: 'events of a program as records',
    page: 'docs/events.md',
    blocks: ['log-events.mjs'],
    files: {
      'server.mjs': `import './log-events.mjs'\n${served('.mjs')}`,
      'page.mjs': 'export const page = "one"',
    },
    async play(stage) {
      await stage.serve('server.mjs')
      expect(await stage.ask()).toBe('one')
      stage.edit('page.mjs', 'one', 'two')
      expect(await stage.ask()).toBe('two')
      await stage.session.see(/\{.*"event":"update".*page.mjs/)
    },
  },
  {
    name: 'events of a Runner as records',
    page: 'docs/events.md',
    blocks: ['dev.mjs'],
    files: { 'server.mjs': served('.mjs'), 'page.mjs': 'export const page = "one"' },
    async play(stage) {
      await stage.command('node', 'dev.mjs')
      await stage.session.see('listening')
      expect(await stage.ask()).toBe('one')
      stage.edit('page.mjs', '=', '= =')
      await stage.ask()
      await stage.session.see(/SyntaxError[\s\S]*page.mjs/)
    },
  },
]

/** A server that asks for a page at each request. */
function served(extension: '.mjs' | '.cjs'): string {
  return `${extension === '.mjs' ? "import http from 'node:http'" : "const http = require('node:http')"}
http.createServer(async (request, response) => {
  try {
    const { page } = ${extension === '.mjs' ? 'await import' : 'require'}('./page${extension}')
    response.end(page)
  } catch (error) {
    response.end(String(error))
  }
}).listen(process.env.PORT, () => console.log('listening'))
`
}
