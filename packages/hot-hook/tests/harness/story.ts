import { renameSync } from 'node:fs'
import { App, type AppOptions } from './app.ts'

/** Preloaded from node_modules, so it is no part of the program: prints Hot Hook's events. */
const observer = `
import { relative } from 'node:path'
import { hot } from 'hot-hook'
const names = (files) => files.map((file) => relative(process.cwd(), file)).join(' ')
hot.on('update', ({ modules }) => console.log('* update ' + names(modules.toSorted())))
hot.on('prune', ({ file }) => console.log('* prune ' + names([file])))
hot.on('full-reload', ({ chain, reason }) =>
  console.log('* full-reload ' + names(chain) + ' (' + reason + ')'))
const messageOf = (error) => {
  try {
    return String(error?.message ?? error)
  } catch {
    return 'what cannot be shown'
  }
}
hot.on('error', ({ file, error, phase }) => {
  const message = messageOf(error).replaceAll(process.cwd() + '/', '')
  console.log('* error ' + phase + ' ' + names([file]) + ': ' + message.split('\\n')[0])
})
globalThis.hot = hot
setInterval(() => {}, 2 ** 30)
`

/** What ends a change unless the test says otherwise. */
const ending = /^\* (update|full-reload|error (load|evaluate))/

/**
 * A program that tells its own story on stdout, line by line, with Hot Hook's events between its
 * lines: `* update dep.js` names the modules that were evaluated again. A full reload is only told,
 * as by a manager that does nothing. Its entry, server.js, prints `started` at its end.
 */
export class Story extends App {
  #read = 0

  constructor(files: Record<string, string>, options: AppOptions = {}) {
    const observerFiles = {
      'node_modules/observer/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/observer/index.js': observer,
    }
    super(
      { ...files, ...observerFiles },
      {
        hasParent: true,
        nodeArguments: ['--import', 'hot-hook/register', '--import', 'observer'],
        ...options,
      },
    )
  }

  /** Starts the program; what it says until it has started. */
  async begin(): Promise<string[]> {
    this.start()
    return this.tell(/^started/)
  }

  /** What the program says from where the last answer ended until a line matches. */
  async tell(until: RegExp = ending): Promise<string[]> {
    return this.until(`line ${until} (read so far: ${this.#read})`, () => {
      const { exitCode, signalCode } = this.child
      if (exitCode !== null || signalCode !== null) throw new Error(`it ended:\n${this.stderr}`)
      const lines = this.stdout.split('\n').slice(0, -1)
      const at = lines.findIndex((line, index) => index >= this.#read && until.test(line))
      if (at < 0) return undefined
      const told = lines.slice(this.#read, at + 1)
      this.#read = at + 1
      return told
    })
  }

  /** Saves files, all at once, and returns what the program says about it. */
  async change(files: Record<string, string>, until?: RegExp): Promise<string[]> {
    for (const [path, source] of Object.entries(files)) this.save(`${path}.new~`, source)
    const paths = Object.keys(files)
    // On a busy machine the program could look between two of them.
    if (paths.length > 1) this.child.kill('SIGSTOP')
    for (const path of paths) renameSync(this.path(`${path}.new~`), this.path(path))
    if (paths.length > 1) this.child.kill('SIGCONT')
    return this.tell(until)
  }
}

/** Tells a story from its start to the end of one change. */
export async function tellChange(
  files: Record<string, string>,
  changed: Record<string, string>,
  options?: AppOptions,
): Promise<string[]> {
  const story = new Story(files, options)
  await story.begin()
  return story.change(changed)
}
