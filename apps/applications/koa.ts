import type { Application } from './application.ts'

/** CommonJS without a "type", an entry without an extension, everything required statically. */
export const koa: Application = {
  id: 'koa',
  generator: 'koa-generator@1.1.17 (koa2)',
  generate(workshop) {
    workshop.fetch('koa-generator@1.1.17')
    workshop.run('koa-generator/bin/koa2', '--force', '.')
    workshop.install()
  },
  start: { script: 'bin/www' },
  targets: [
    {
      role: 'route',
      file: 'routes/index.js',
      path: '/string',
      replace: ['koa2 string', '%s'],
    },
    {
      role: 'controller',
      file: 'routes/users.js',
      path: '/users',
      replace: ['this is a users response!', 'this is %s'],
    },
    {
      role: 'configuration',
      file: 'app.js',
      path: '/string',
      replace: [
        'app.use(json())',
        "app.use(json())\napp.use((ctx, next) => { ctx.set('x-saved', '%s'); return next() })",
      ],
    },
    {
      role: 'entry',
      file: 'bin/www',
      path: '/string',
      replace: [
        'server.listen(port);',
        "server.prependListener('request', (req, res) => res.setHeader('x-entry', '%s'));\nserver.listen(port);",
      ],
    },
  ],
}
