import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** The generator cannot be had here: no network, or it asks for something that is not reached. */
export class Unavailable extends Error {}

/** Long for a slow network, short enough to be noticed. */
const timeoutMs = 240_000

/** A directory where an application is made, and what makes it. */
export class Workshop {
  readonly directory: string
  /** Where generators are installed: outside of the application. */
  readonly tools: string

  constructor(directory: string, tools: string) {
    this.directory = directory
    this.tools = tools
    mkdirSync(directory, { recursive: true })
    mkdirSync(tools, { recursive: true })
    // Without one npm would take the nearest above.
    writeFileSync(join(tools, 'package.json'), '{ "private": true, "type": "module" }')
  }

  /** Installs generators. */
  fetch(...packages: string[]): void {
    this.#npm(this.tools, ...packages)
  }

  /** Runs an installed generator in the directory of the application. */
  run(script: string, ...args: string[]): void {
    this.execute(process.execPath, [join(this.tools, 'node_modules', script), ...args])
  }

  /** Installs what the application's package.json asks for, without what only its tests need. */
  install(): void {
    this.#npm(this.directory, '--omit=dev')
  }

  /** Installs packages of its development that it needs to run. */
  add(...packages: string[]): void {
    this.#npm(this.directory, '--omit=dev', '--save-prod', ...packages)
  }

  /** Writes a script beside the generators, to drive one that only asks. */
  writeTool(name: string, source: string): void {
    writeFileSync(join(this.tools, name), source)
  }

  read(path: string): string {
    return readFileSync(join(this.directory, path), 'utf8')
  }

  /** @throws {Unavailable} when it fails, with the end of what it said */
  execute(command: string, args: string[], cwd = this.directory): void {
    const { status, error, stdout, stderr } = spawnSync(command, args, {
      cwd,
      env: environment(),
      encoding: 'utf8',
      timeout: timeoutMs,
      // A generator that asks gets no answer, rather than waiting for one.
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    if (status === 0) return
    const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-6).join('\n')
    throw new Unavailable(`${[command, ...args].join(' ')}\n${error?.message ?? said}`)
  }

  #npm(cwd: string, ...args: string[]): void {
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', '--force']
    // Without a network it is to fail at once.
    quiet.push('--fetch-retries=1', '--fetch-timeout=30000')
    this.execute('npm', ['install', ...quiet, ...args], cwd)
  }
}

/** That of this process, without what the npm that may have started it has put there. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_(OPTIONS|ENV|PATH)$)/i.test(name),
  )
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter)
  return { ...Object.fromEntries(kept), PATH: path, CI: 'true' }
}
