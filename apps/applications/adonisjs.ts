import { cpSync } from 'node:fs'
import { join } from 'node:path'
import type { Application, Start } from './application.ts'

const caveat =
  'create-adonisjs downloads its starter kits from GitHub. In their place: a skeleton after them ' +
  "(fixtures/), with packages from the registry and a controller by the application's own generator."

/**
 * AdonisJS 7 compiles with @poppinss/ts-exec, version 6 with ts-node. Both also as their dev server
 * starts them, which watches the files in place of Hot Hook.
 */
export const adonisjs: Application[] = [
  adonis(7, { nodeArguments: ['--import', '@poppinss/ts-exec'], script: 'bin/server.ts' }),
  adonis(6, { nodeArguments: ['--import', './ts-node.js'], script: 'bin/server.ts' }),
]

function adonis(version: 6 | 7, start: Start): Application {
  const skeleton = join(import.meta.dirname, '../fixtures', `adonisjs-${version}`)
  return {
    id: `adonisjs-${version}`,
    skeleton,
    generator: `a skeleton, node ace make:controller, @adonisjs/core ${version}`,
    caveat,
    generate(workshop) {
      cpSync(skeleton, workshop.directory, { recursive: true })
      workshop.install()
      const ace = join(workshop.directory, 'ace.js')
      workshop.execute(process.execPath, [ace, 'make:controller', 'posts', 'index'])
      if (version === 7) workshop.execute(process.execPath, [ace, 'codegen'])
    },
    start,
    devServer: { script: 'ace.js', scriptArguments: ['serve', '--hmr'] },
    targets: [
      {
        role: 'controller',
        file: 'app/controllers/posts_controller.ts',
        path: '/posts',
        replace: ['({}: HttpContext) {}', "({}: HttpContext) { return '%s' }"],
      },
      {
        role: 'service',
        file: 'app/services/tag_service.ts',
        path: '/tags',
        replace: ['a first tag', '%s'],
      },
      { role: 'route', file: 'start/routes.ts', replace: ['It works', '%s'] },
      {
        role: 'configuration',
        file: 'config/app.ts',
        replace: ['export const http', `${header('x-saved')}\nexport const http`],
      },
      {
        role: 'entry',
        file: 'bin/server.ts',
        replace: ['new Ignitor(APP_ROOT', `${header('x-entry')}\nnew Ignitor(APP_ROOT`],
      },
    ],
  }
}

/** A statement that shows from the first request on: AdonisJS listens before its `ready` hooks run. */
function header(name: string): string {
  return (
    "process.getBuiltinModule('node:diagnostics_channel').subscribe('http.server.request.start', " +
    `(message: any) => message.response.setHeader('${name}', '%s'))`
  )
}
