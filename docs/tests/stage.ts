import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { nodeBinary, nodes } from '../../packages/runner/tests/support/packages.ts'
import { Session } from '../../packages/runner/tests/support/session.ts'
import { until } from '../../packages/runner/tests/support/until.ts'
import { type CodeBlock, readPage, root } from './pages.ts'

/** The Node that pages are tried on; what depends on it is tested elsewhere on all. */
const node = nodeBinary(nodes.includes('24') ? '24' : (nodes[0] ?? '24'))

/** A page that is tried as a reader would: its files are written, run, saved and asked. */
export interface Story {
  name: string
  /** The page, from the root of the repository. */
  page: string
  /**
   * The blocks of the page that are tried, by file or language; `server.mjs:2` is the second of that
   * name. Those with a file are there from the start, unless they have a number above 1.
   */
  blocks: string[]
  /** Packages that the reader has installed; `hot-hook` and the runner always are. */
  packages?: string[]
  /** What the reader has set in the shell. */
  env?: Record<string, string>
  /** Files of the reader's own. */
  files?: Record<string, string>
  play(stage: Stage): Promise<void>
}

/** `server.mjs:2` → the second block of that file or language on the page. */
export function findBlock(page: string, reference: string): CodeBlock {
  const [name = '', place = '1'] = reference.split(':')
  const block = readPage(page).blocks.filter((each) => nameOf(each) === name)[Number(place) - 1]
  if (!block) throw new Error(`${page} has no block ${reference}`)
  return block
}

/** What a block is called in a story. */
export function nameOf({ file, language }: CodeBlock): string {
  return file ?? language
}

/** Where a story is played: a directory after `npm init -y`, and `hot-runner` in it. */
export class Stage {
  readonly session: Session
  readonly #story: Story
  readonly #beside: ChildProcess[] = []

  constructor(story: Story) {
    this.#story = story
    const files: Record<string, string> = {
      'package.json': '{ "name": "app", "version": "1.0.0", "type": "commonjs" }',
    }
    for (const reference of story.blocks) {
      const { file, text } = findBlock(story.page, reference)
      if (file !== undefined && !/:([2-9]|\d\d)$/.test(reference)) files[file] = text
    }
    this.session = new Session({ ...files, ...story.files })
    for (const name of ['hot-hook', '@hot-hook/runner', ...(story.packages ?? [])]) {
      this.#install(name)
    }
  }

  /** Saves a later block of the page. */
  save(reference: string): void {
    if (!this.#story.blocks.includes(reference)) throw new Error(`${reference} is not declared`)
    const { file, text } = findBlock(this.#story.page, reference)
    if (file === undefined) throw new Error(`${reference} is no file`)
    this.session.project.save(file, text)
  }

  /** Saves a file with one text in place of another. */
  edit(file: string, from: string, to: string): void {
    const text = this.session.project.read(file)
    if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`)
    this.session.project.save(file, text.replace(from, to))
  }

  /** Starts `hot-runner` with these arguments. */
  async start(...args: string[]): Promise<void> {
    await this.session.run(args, { node, env: this.#story.env ?? {} })
  }

  /** Starts another command, as `node dev.mjs`, on a terminal. */
  async command(program: string, ...args: string[]): Promise<void> {
    await this.session.terminal(program === 'node' ? node : program, args, {
      env: { NO_COLOR: '1' },
    })
  }

  /** Runs a script of a package beside `hot-runner`, until the end of the session. */
  beside(script: string, ...args: string[]): { see(text: string): Promise<unknown> } {
    const { directory } = this.session.project
    const env = { ...process.env, HOT_RUNNER_TEST: directory, NO_COLOR: '1' }
    const child = spawn(node, [script, ...args], {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    this.#beside.push(child)
    return { see: (text) => until(text, () => output.includes(text)) }
  }

  /** Ends what runs beside. */
  async end(): Promise<void> {
    const running = this.#beside.filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    )
    const closed = running.map((child) => once(child, 'close'))
    for (const child of running) child.kill()
    await Promise.all(closed)
  }

  /** Links a directory of the project, as a package manager links the packages of a workspace. */
  link(directory: string, place: string): void {
    const path = this.session.project.path(place)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(this.session.project.path(directory), path, 'junction')
  }

  /** Starts it, and waits until its server listens. */
  async serve(...args: string[]): Promise<void> {
    await this.start(...args)
    await this.session.see(/listening on port/)
  }

  /** Waits until the runner has told of an update. */
  async updated(): Promise<void> {
    await this.session.see(/\d+ modules? in [\d.]+ ms/)
  }

  /** One request; its body. */
  async ask(path = '/', init: RequestInit = {}): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.session.port}${path}`, {
      ...init,
      headers: { connection: 'close', ...init.headers },
      signal: AbortSignal.timeout(10_000),
    })
    return (await response.text()).trim()
  }

  /** Asks until the answer is this one: what is accepted or required follows the watcher, and may listen anew. */
  async answers(expected: string, path = '/'): Promise<void> {
    const isAnswer = async () => (await this.ask(path).catch(() => '')) === expected
    await until(`the answer ${expected}`, isAnswer).catch((error: unknown) => {
      throw new Error(`${error} after\n${this.session.output}`)
    })
  }

  /** Checks that everything of a `console` block was printed, in this order. */
  expectShown(reference: string): void {
    const { text } = findBlock(this.#story.page, reference)
    expect(timeless(this.session.output, this.session.port)).toContain(timeless(text, 3000))
  }

  #install(name: string): void {
    const path = this.session.project.path(join('node_modules', name))
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(packageDirectory(name), path, 'junction')
  }
}

/** Where a package is that the tests have installed. */
function packageDirectory(name: string): string {
  const places = ['docs', 'packages/hot-hook', 'packages/runner', '.'].map((place) =>
    join(root, place, 'node_modules', name),
  )
  const found = places.find((path) => existsSync(path))
  if (found === undefined) throw new Error(`${name} is not installed for the tests`)
  return found
}

/** A text without what differs from run to run: times, durations, the port. */
function timeless(text: string, port: number): string {
  return text
    .replace(/\d\d:\d\d:\d\d/g, '<time>')
    .replace(/[\d.]+ ms/g, '<duration>')
    .replaceAll(`port ${port}`, 'port <port>')
}
