import type { Application } from './application.ts'

/** CommonJS without a "type", an entry without an extension, everything required statically. */
export const express: Application = {
  id: 'express',
  generator: 'express-generator@4.16.1',
  generate(workshop) {
    workshop.fetch('express-generator@4.16.1')
    workshop.run('express-generator/bin/express-cli.js', '--force', '.')
    workshop.install()
  },
  start: { script: './bin/www' },
  targets: [
    {
      role: 'route',
      file: 'routes/index.js',
      replace: ["title: 'Express'", "title: '%s'"],
    },
    {
      role: 'controller',
      file: 'routes/users.js',
      path: '/users',
      replace: ['respond with a resource', 'respond with %s'],
    },
    {
      role: 'configuration',
      file: 'app.js',
      replace: [
        'app.use(cookieParser());',
        "app.use(cookieParser());\napp.use((req, res, next) => { res.set('x-saved', '%s'); next() });",
      ],
    },
    {
      role: 'entry',
      file: 'bin/www',
      replace: [
        'server.listen(port);',
        "server.prependListener('request', (req, res) => res.setHeader('x-entry', '%s'));\nserver.listen(port);",
      ],
    },
  ],
}
