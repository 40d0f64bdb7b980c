import { existsSync } from 'node:fs'
import { expect } from 'vitest'
import { parse } from 'yaml'
import { buildImage, syncFile } from '../image.ts'
import { findBlock, type Stage, type Story } from '../stage.ts'

const page = 'docs/recipes/docker.md'

const application = {
  'server.js': `const http = require('node:http')
let app = require('./app.js')
http.createServer((...args) => app(...args)).listen(process.env.PORT)
module.hot?.accept('./app.js', (next) => { app = next })
`,
  'app.js': "module.exports = (request, response) => response.end('one')",
}

/** The arguments that a service gives to `hot-runner`, which is its first process. */
function argumentsOf(stage: Stage, file: string): string[] {
  const { services } = parse(stage.session.project.read(file))
  const [program, ...args] = services.app.command.split(' ')
  expect(program).toBe('node_modules/.bin/hot-runner')
  return args
}

export const stories: Story[] = [
  {
    name: 'an image has what it needs, and a file that is copied into its container is hot',
    page,
    blocks: ['compose.yaml', 'Dockerfile', 'gitignore'],
    files: {
      ...Object.fromEntries(
        Object.entries(application).map(([name, text]) => [`host/${name}`, text]),
      ),
      'host/package.json': '{ "name": "app", "version": "1.0.0" }',
      'host/node_modules/of-the-host/index.js': '',
    },
    async play(stage) {
      const { project } = stage.session
      const [context, image] = [project.path('host'), project.directory]
      const commands: string[] = []
      buildImage({
        dockerfile: project.read('Dockerfile'),
        dockerignore: findBlock(page, 'gitignore').text,
        context,
        image,
        run(command) {
          commands.push(command)
          expect(JSON.parse(project.read('package.json')).type).toBeUndefined()
          expect(existsSync(project.path('app.js'))).toBe(false)
        },
      })
      expect(commands).toEqual(['npm install'])
      expect(existsSync(project.path('node_modules/of-the-host'))).toBe(false)

      const args = argumentsOf(stage, 'compose.yaml')
      await stage.start(...args)
      await stage.answers('one')
      for (const [from, to] of [
        ['one', 'two'],
        ['two', 'three'],
      ] as const) {
        stage.edit('host/app.js', from, to)
        syncFile('app.js', context, image)
        await stage.answers(to)
      }
      expect(stage.session.output).not.toContain('full reload')
    },
  },
  {
    name: 'files of a bind mount are looked at',
    page,
    blocks: ['compose.poll.yaml'],
    files: application,
    async play(stage) {
      const args = argumentsOf(stage, 'compose.poll.yaml')
      expect(args).toContain('--poll')
      await stage.start(...args)
      await stage.answers('one')
      stage.edit('app.js', 'one', 'two')
      await stage.answers('two')
    },
  },
]
