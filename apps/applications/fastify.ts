import type { Application } from './application.ts'

/** Started by a command of a package, which requires app.js; the rest is loaded by @fastify/autoload. */
export const fastify: Application = {
  id: 'fastify',
  generator: 'fastify-cli@8.0.2',
  generate(workshop) {
    workshop.fetch('fastify-cli@8.0.2')
    workshop.run('fastify-cli/cli.js', 'generate', '.', '--integrate')
    workshop.install()
  },
  start: {
    script: 'node_modules/.bin/fastify',
    scriptArguments: ['start', '-l', 'info', 'app.js'],
  },
  portVariables: ['FASTIFY_PORT'],
  targets: [
    { role: 'route', file: 'routes/root.js', replace: ['{ root: true }', "{ root: '%s' }"] },
    {
      role: 'controller',
      file: 'routes/example/index.js',
      path: '/example',
      replace: ['this is an example', 'this is %s'],
    },
    {
      role: 'plugin',
      file: 'plugins/support.js',
      replace: [
        "fastify.decorate('someSupport'",
        "fastify.addHook('onRequest', async (request, reply) => { reply.header('x-saved', '%s') })\n  fastify.decorate('someSupport'",
      ],
    },
    {
      role: 'entry',
      file: 'app.js',
      replace: [
        '// Place here your custom code!',
        "fastify.addHook('onRequest', async (request, reply) => { reply.header('x-entry', '%s') })",
      ],
    },
  ],
}
