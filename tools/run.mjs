// The one door to the workspace: `npm start`, `npm test` and the rest come through here. It needs
// nothing but some Node (18 or newer) and npm, and brings everything else: pnpm, the dependencies,
// a current Node, the build.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = join(root, 'node_modules', '.bin')
const packageManager = 'pnpm@12.21.0'
/** The Node that builds, lints and runs the tests; the end-to-end tests start 22, 24 and 26 by themselves. */
const nodeDirectory = join(root, 'node_modules', 'node24', 'bin')

function run(command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, PATH: [nodeDirectory, bin, process.env.PATH].join(delimiter) },
    ...options,
  })
  if (error) console.error(`${command} could not be started: ${error.message}`)
  if (status !== 0) process.exit(signal ? 1 : (status ?? 1))
}

/** Installs when the lockfile is newer than the last install. */
function install() {
  const lockfile = join(root, 'pnpm-lock.yaml')
  const stamp = join(root, 'node_modules', '.modules.yaml')
  if (existsSync(stamp) && existsSync(nodeDirectory)) {
    if (statSync(stamp).mtimeMs >= statSync(lockfile).mtimeMs) return
  }
  run('npm', ['exec', '--yes', '--', packageManager, 'install', '--frozen-lockfile'])
  // pnpm leaves it as it is when there was nothing to do.
  utimesSync(stamp, new Date(), new Date())
}

/**
 * What only tests need, by its command: the package of Debian that brings it. Elsewhere they take what is
 * there, or are skipped, which they say: Chromium in tools/browser.ts, the others in
 * packages/hot-hook/tests/harness/programs.ts.
 */
const testPrograms = { chromium: 'chromium', faketime: 'faketime', rsync: 'rsync', vim: 'vim' }

function installTestPrograms() {
  const missing = Object.keys(testPrograms).filter((command) => !existsSync(`/usr/bin/${command}`))
  if (missing.length === 0 || process.getuid?.() !== 0) return
  if (!existsSync('/etc/os-release')) return
  if (!/^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))) return
  const aptGet = (...args) =>
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  const packages = missing.map((command) => testPrograms[command])
  console.log(`Installing ${packages.join(', ')} for the tests.`)
  aptGet('update')
  aptGet('install', '-y', '--no-install-recommends', ...packages)
}

function build() {
  for (const name of ['hot-hook', 'viewer', 'dump-viewer', 'runner']) {
    const directory = join(root, 'packages', name)
    run('tsc', ['-p', 'tsconfig.build.json'], { cwd: directory })
    removeStale(directory)
    if (existsSync(join(directory, 'build.ts'))) run('node', ['build.ts'], { cwd: directory })
  }
}

function typecheck() {
  run('tsc', ['--noEmit'])
  // What runs in a browser.
  run('tsc', ['--noEmit', '-p', 'packages/viewer/tsconfig.page.json'])
}

/** What was built of sources that are gone would be published. */
function removeStale(directory) {
  const dist = join(directory, 'dist')
  const types = existsSync(join(dist, 'types')) ? join(dist, 'types') : dist
  for (const path of readdirSync(types, { recursive: true })) {
    const stem = path.replace(/\.(?:d\.ts|js)$/, '')
    const isThere = ['.ts', '.tsx'].some((end) => existsSync(join(directory, 'src', stem + end)))
    if (stem !== path && !isThere) rmSync(join(types, path))
  }
}

const [task = 'test', ...args] = process.argv.slice(2)
const tasks = {
  start() {
    build()
    run('node', ['--import', 'hot-hook/register', 'server.js', ...args], {
      cwd: join(root, 'examples', 'node-http'),
    })
  },
  test() {
    installTestPrograms()
    build()
    run('biome', ['check', '--error-on-warnings', '.'])
    typecheck()
    // The shim of pnpm would take any of the three Nodes that are installed.
    run('node', [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...args])
  },
  build,
  lint: () => run('biome', ['check', '--error-on-warnings', ...args, '.']),
  format: () => run('biome', ['check', '--write', '.']),
  typecheck,
  bench() {
    build()
    run('node', ['run.ts', ...args], { cwd: join(root, 'benchmarks') })
  },
  oracle() {
    build()
    run('node', [join(root, 'packages', 'hot-hook', 'tests', 'oracle', 'main.ts'), ...args])
  },
  docs() {
    const [command = 'build', ...rest] = args
    const vitepress = join(root, 'docs', 'node_modules', 'vitepress', 'bin', 'vitepress.js')
    run('node', [vitepress, command, join(root, 'docs'), ...rest])
  },
  packed() {
    build()
    process.env.HOT_HOOK_PACKED = '1'
    run('node', [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'packed', ...args])
  },
  mutate() {
    run('node', [join(root, 'packages', 'hot-hook', 'tests', 'mutation', 'main.ts'), ...args])
  },
  apps() {
    build()
    run('node', [join(root, 'apps', 'run.ts'), ...args])
  },
}

if (!Object.hasOwn(tasks, task)) {
  console.error(`Unknown task "${task}". Known: ${Object.keys(tasks).join(', ')}.`)
  process.exit(2)
}
install()
tasks[task]()
