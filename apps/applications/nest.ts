import { existsSync, readdirSync, renameSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Workshop } from '../cache/workshop.ts'
import type { Application, Start, Target } from './application.ts'

/** Where an application's sources are: as written, or as its own tsc has compiled them. */
interface Sources {
  directory: string
  extension: string
}

const typescript: Sources = { directory: 'src', extension: 'ts' }
/** A save is what `tsc --watch` does: it writes the compiled file anew. */
const compiled: Sources = { directory: 'dist', extension: 'js' }

export const nests: Application[] = [
  nest('nest-swc', '@nestjs/cli@12.0.8', typescript, {
    nodeArguments: ['--import', '@swc-node/register/esm-register'],
    script: 'src/main.ts',
  }),
  nest('nest-tsc', '@nestjs/cli@12.0.8', compiled, { script: 'dist/main' }),
  nest('nest-11-swc', '@nestjs/cli@11.0.24', typescript, {
    nodeArguments: ['-r', '@swc-node/register'],
    script: 'src/main.ts',
  }),
  nest('nest-11-tsc', '@nestjs/cli@11.0.24', compiled, { script: 'dist/main' }),
]

/** Version 12 makes ES modules, version 11 CommonJS; both with decorators and their metadata. */
function nest(id: string, generator: string, sources: Sources, start: Start): Application {
  return {
    id,
    generator: `${generator}, ${sources === compiled ? 'tsc' : '@swc-node/register'}`,
    generate(workshop) {
      workshop.fetch(generator)
      const options = ['--skip-git', '--skip-install', '--package-manager', 'npm']
      workshop.run('@nestjs/cli/bin/nest.js', 'new', 'application', ...options)
      moveUp(workshop)
      workshop.install()
      const { typescript: version } = JSON.parse(workshop.read('package.json')).devDependencies
      const compiler = sources === compiled ? '@types/node' : '@swc-node/register@^1.12.1'
      workshop.add(`typescript@${version}`, compiler)
      if (sources === compiled) build(workshop)
    },
    start,
    targets: targets(sources),
  }
}

/** `nest new` makes a directory of its own. */
function moveUp({ directory }: Workshop): void {
  const made = join(directory, 'application')
  for (const name of readdirSync(made)) renameSync(join(made, name), join(directory, name))
  rmdirSync(made)
}

function build(workshop: Workshop): void {
  const tsc = join(workshop.directory, 'node_modules/typescript/bin/tsc')
  // Types of its test runner are not installed.
  workshop.execute(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--types', 'node'])
  if (!existsSync(join(workshop.directory, 'dist/main.js'))) throw new Error('tsc wrote no main.js')
}

function targets({ directory, extension }: Sources): Target[] {
  const file = (name: string) => `${directory}/${name}.${extension}`
  return [
    {
      role: 'controller',
      file: file('app.controller'),
      replace: ['return this.appService.getHello();', "return this.appService.getHello() + '%s';"],
    },
    { role: 'service', file: file('app.service'), replace: ['Hello World!', '%s'] },
    {
      role: 'configuration',
      file: file('app.module'),
      replace: [
        'providers: [',
        `providers: [{ provide: 'APP_INTERCEPTOR', useValue: { intercept: (context, next) => {
      context.switchToHttp().getResponse().setHeader('x-saved', '%s'); return next.handle(); } } }, `,
      ],
    },
    {
      role: 'entry',
      file: file('main'),
      replace: [
        'await app.listen(',
        "app.getHttpServer().prependListener('request', (req, res) => res.setHeader('x-entry', '%s'));\n  await app.listen(",
      ],
    },
  ]
}
