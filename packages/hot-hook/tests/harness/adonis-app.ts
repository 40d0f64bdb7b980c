import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { App } from './app.ts'
import { freePort } from './free-port.ts'
import type { NodeMajor } from './nodes.ts'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** A major version of AdonisJS, with the assembler that runs its dev server, as it is installed here. */
interface AdonisVersion {
  core: string
  assembler: string
  /** How the application's own command line compiles TypeScript. */
  loader: string
  /** What only this version asks for. */
  files: Record<string, string>
}

const versions: Record<6 | 7, AdonisVersion> = {
  6: {
    core: 'adonisjs-core-6',
    assembler: 'adonisjs-assembler-7',
    loader: "import { register } from 'node:module'\nregister('ts-node/esm', import.meta.url)",
    files: {},
  },
  7: {
    core: 'adonisjs-core-7',
    assembler: 'adonisjs-assembler-8',
    loader: "import '@poppinss/ts-exec'",
    files: {
      'config/encryption.ts': `import { defineConfig, drivers } from '@adonisjs/core/encryption'
export default defineConfig({
  default: 'gcm',
  list: { gcm: drivers.aes256gcm({ id: 'gcm', keys: ['UGUwm08MLaKw4YoJ45OZykU90J6WN6eM'] }) },
})`,
    },
  },
}

const ignitor = (start: string) => `import { Ignitor } from '@adonisjs/core'
const root = new URL('../', import.meta.url)
new Ignitor(root, {
  importer: (path: string) =>
    path.startsWith('.') ? import(new URL(path, root).href) : import(path),
})
  .tap((app) => {
    app.listen('SIGTERM', () => app.terminate())
  })
  ${start}
  .catch((error) => {
    process.exitCode = 1
    console.error(error)
  })
`

/** A controller that answers with a text and with what its service says. */
export const controller = (text: string) => `import { tag } from '#services/tags'
export default class PagesController {
  async show() {
    return '${text} ' + tag
  }
}`

/** The service that the controller imports. */
export const service = (text: string) => `export const tag: string = '${text}'`

/** The routes, in front of which the application says that it starts. */
export const routes = (text: string) => `import router from '@adonisjs/core/services/router'
const PagesController = () => import('#controllers/pages_controller')
console.log('routes ${text}, process ' + process.pid)
router.get('/', [PagesController, 'show'])`

const files = {
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      experimentalDecorators: true,
      rewriteRelativeImportExtensions: true,
    },
    'ts-node': { swc: true },
  }),
  '.env': 'NODE_ENV=development',
  'bin/server.ts': ignitor('.httpServer().start()'),
  'bin/console.ts': ignitor('.ace().handle(process.argv.splice(2))'),
  'adonisrc.ts': `import { defineConfig } from '@adonisjs/core/app'
export default defineConfig({
  commands: [() => import('@adonisjs/core/commands')],
  providers: [() => import('@adonisjs/core/providers/app_provider')],
  preloads: [() => import('#start/routes'), () => import('#start/kernel')],
})`,
  'start/kernel.ts': `import server from '@adonisjs/core/services/server'
server.errorHandler(() => import('#exceptions/handler'))
server.use([])`,
  'start/routes.ts': routes('0'),
  'config/app.ts': `import { defineConfig } from '@adonisjs/core/http'
export const appKey = 'UGUwm08MLaKw4YoJ45OZykU90J6WN6eM'
export const http = defineConfig({})`,
  'config/logger.ts': `import { defineConfig } from '@adonisjs/core/logger'
export default defineConfig({ default: 'app', loggers: { app: { enabled: false, name: 'app' } } })`,
  'app/exceptions/handler.ts': `import { ExceptionHandler } from '@adonisjs/core/http'
export default class Handler extends ExceptionHandler {}`,
  'app/controllers/pages_controller.ts': controller('0'),
  'app/services/tags.ts': service('0'),
}

/** A small AdonisJS application under `node ace serve --hmr`, started. */
export async function adonisApp(major: 6 | 7, node: NodeMajor): Promise<App> {
  const { core, assembler, loader, files: own } = versions[major]
  const port = await freePort()
  const app = new App(
    { ...files, ...own, 'ace.js': `${loader}\nawait import('./bin/console.js')` },
    {
      node,
      nodeArguments: [],
      entry: 'ace.js',
      scriptArguments: ['serve', '--hmr', '--no-clear'],
      hotHook: { boundaries: ['./app/controllers/**/*.ts'] },
      packageJson: {
        imports: {
          '#controllers/*': './app/controllers/*.js',
          '#exceptions/*': './app/exceptions/*.js',
          '#services/*': './app/services/*.js',
          '#start/*': './start/*.js',
        },
      },
      env: { PORT: String(port), HOST: '127.0.0.1', NODE_PATH: '', NO_COLOR: '1' },
    },
  )
  const link = (name: string, as = name) => {
    const path = app.path(join('node_modules', as))
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(join(modules, name), path, 'junction')
  }
  link(core, '@adonisjs/core')
  link(assembler, '@adonisjs/assembler')
  for (const name of ['@poppinss/ts-exec', '@swc/core', 'ts-node', 'typescript']) link(name)
  // The dev server that is killed leaves the server running.
  onTestFinished(() => {
    for (const [, pid] of app.stdout.matchAll(/routes .*, process (\d+)/g)) end(Number(pid))
  })
  return app.start()
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
