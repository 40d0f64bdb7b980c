import type { Application, Target } from './application.ts'

/** What its prompts ask: everything is answered, since nobody sits there. */
const answers = `import { commandRunner } from '@feathersjs/cli'
const cwd = process.argv[2]
process.chdir(cwd)
await commandRunner('app')({
  cwd, name: 'application', language: 'js', description: 'Generated', framework: 'koa',
  transports: ['rest'], packager: 'npm', client: false, schema: 'typebox', database: 'other',
})
await commandRunner('service')({
  cwd, name: 'messages', path: 'messages', type: 'custom', authentication: false, schema: 'typebox',
})
`

/** ES modules, imported statically from an entry that is a directory. */
export const feathers: Application = {
  id: 'feathers',
  generator: '@feathersjs/cli@5.0.50 (create-feathers; Koa, a custom service)',
  generate(workshop) {
    workshop.fetch('@feathersjs/cli@5.0.50')
    workshop.writeTool('answers.js', answers)
    workshop.run('../answers.js', workshop.directory)
    workshop.read('src/services/messages/messages.class.js')
  },
  start: { script: 'src', env: { HOSTNAME: '127.0.0.1' } },
  targets: [
    {
      role: 'service',
      file: 'src/services/messages/messages.class.js',
      path: '/messages/1',
      replace: ['A new message with ID', '%s'],
    },
    {
      role: 'route',
      file: 'src/services/messages/messages.js',
      path: '/messages/1',
      replace: [
        '    after: {\n      all: []',
        "    after: {\n      all: [(context) => { context.result.text = '%s' }]",
      ],
    },
    {
      role: 'controller',
      file: 'src/services/index.js',
      path: '/more',
      replace: [
        'app.configure(messages)',
        "app.configure(messages)\n  app.use('more', { find: async () => ['%s'] })",
      ],
    },
    header('configuration', 'src/app.js', 'app.use(cors())', [
      "app.use((ctx, next) => { ctx.set('x-saved', '%s'); return next() })",
      'app.use(cors())',
    ]),
    header('entry', 'src/index.js', "const host = app.get('host')", [
      "const host = app.get('host')",
      "app.middleware.unshift((ctx, next) => { ctx.set('x-entry', '%s'); return next() })",
    ]),
  ],
}

function header(role: Target['role'], file: string, found: string, lines: string[]): Target {
  return { role, file, path: '/messages/1', replace: [found, lines.join('\n')] }
}
