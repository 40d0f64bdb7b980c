import { describe, expect, it } from 'vitest'
import { compile, compilers, resolutions } from '../compile.ts'
import { packAll, pnpm, run } from '../pack.ts'
import { newProject, write } from '../project.ts'
import { Running } from '../running.ts'

// Installs from the registry what the packages depend on, and takes minutes: `npm run packed`.
const isAsked = process.env.HOT_HOOK_PACKED !== undefined

interface Manager {
  name: string
  /** Files that it needs besides package.json; `given` are the packages by name, as file URLs. */
  files?: (given: Record<string, string>) => Record<string, string>
  /** What it needs in package.json for packages that depend on each other and are not in the registry. */
  manifest?: (given: Record<string, string>) => object
  install: string[]
  /** Runs a program of a package. */
  exec: string[]
}

const yarn = ['npm', 'exec', '--yes', '--package=@yarnpkg/cli-dist', '--', 'yarn']
const managers: Manager[] = [
  { name: 'npm', install: ['npm', 'install', '--no-audit', '--no-fund'], exec: ['npx'] },
  {
    name: 'pnpm',
    files: (given) => ({
      'pnpm-workspace.yaml': `overrides:\n${Object.entries(given)
        .map(([name, file]) => `  '${name}': '${file}'\n`)
        .join('')}`,
    }),
    install: [...pnpm, 'install', '--no-frozen-lockfile'],
    exec: [...pnpm, 'exec'],
  },
  {
    name: 'yarn',
    files: () => ({
      '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\n',
      'yarn.lock': '',
    }),
    manifest: (given) => ({ resolutions: given }),
    install: [...yarn, 'install', '--no-immutable'],
    exec: [...yarn, 'exec'],
  },
]

/** An empty project with the packages installed. */
function project({ files, manifest, install }: Manager, given: Record<string, string>): string {
  const directory = newProject({
    'package.json': JSON.stringify({
      name: 'consumer',
      private: true,
      type: 'module',
      devDependencies: { ...given, '@types/node': '^26.0.0' },
      ...manifest?.(given),
    }),
    ...files?.(given),
  })
  run(install, directory)
  return directory
}

const server = `import http from 'node:http'
http.createServer(async (_, response) => response.end((await import('./page.ts')).page))
  .listen(0, '127.0.0.1', function (this: http.Server) { console.log('at ' + JSON.stringify(this.address())) })
`

/** Starts the runner as a user does, saves, and asks again. */
async function tryRunner(exec: string[], directory: string): Promise<string[]> {
  write(directory, { 'server.ts': server, 'page.ts': "export const page: string = 'one'" })
  using running = new Running([...exec, 'hot-runner', 'server.ts'], directory)
  const [, port] = await running.see(/"port":(\d+)/)
  const ask = async () => (await fetch(`http://127.0.0.1:${port}/`)).text()
  const first = await ask()
  write(directory, { 'page.ts': "export const page: string = 'two'" })
  const second = await ask()
  await running.see(/1 module in/)
  return [first, second]
}

describe.skipIf(!isAsked)(
  'installed into an empty project',
  () => {
    const packages = isAsked ? packAll() : []
    const given = Object.fromEntries(packages.map(({ name, tarball }) => [name, `file:${tarball}`]))

    describe.each(managers)('with $name', (manager) => {
      const directory = isAsked ? project(manager, given) : ''

      it('is imported and required', () => {
        const [node] = [process.execPath]
        const names = ['hot-hook', 'hot-hook/protocol', '@hot-hook/runner']
        const imports = names.map(
          (name) => `console.log(Object.keys(await import('${name}')).length > 0)`,
        )
        const requires = names.map(
          (name) => `console.log(Object.keys(require('${name}')).length > 0)`,
        )
        const flags = (type: string) => [node, `--input-type=${type}`, '-e']
        expect(run([...flags('module'), imports.join('\n')], directory)).toBe('true\n'.repeat(3))
        expect(run([...flags('commonjs'), requires.join('\n')], directory)).toBe('true\n'.repeat(3))
      })

      it('is registered with --import and -r', () => {
        write(directory, { 'is-hot.cjs': 'console.log(module.hot !== undefined)' })
        for (const flag of ['--import', '-r']) {
          expect(run([process.execPath, flag, 'hot-hook/register', 'is-hot.cjs'], directory)).toBe(
            'true\n',
          )
        }
      })

      it('runs: a save is answered', async () => {
        expect(await tryRunner(manager.exec, directory)).toEqual(['one', 'two'])
      })

      describe.each(Object.entries(compilers))('%s', (_, compiler) => {
        it.each(resolutions)(
          '$type, module $module, moduleResolution $moduleResolution',
          (given) => {
            expect(compile(directory, compiler, given)).toBe('')
          },
        )
      })
    })
  },
  600_000,
)
