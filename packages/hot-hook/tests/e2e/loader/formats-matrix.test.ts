import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { App } from '../../harness/app.ts'
import { type Format, formatApp, formats } from '../../harness/formats.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const modes = ['boundary', 'accept'] as const
type Mode = (typeof modes)[number]

/** The server answers a request with what the module under it says, and how often parts ran. */
const answer = "text() + ' ' + JSON.stringify(globalThis.ran)"
const listen = (call: string) => `
http.createServer(async (request, response) => {
  try {
    response.end(${call})
  } catch (error) {
    response.statusCode = 500
    response.end(String(error.stack))
  }
}).listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })
`

/** The sources of one program, in the syntax of a format. */
class Program {
  readonly #format: Format

  constructor(format: Format) {
    this.#format = format
  }

  readonly file = (name: string): string => `${name}.${this.#format.extension}`

  server(mode: Mode): string {
    const app = `'./${this.file('app')}'`
    if (this.#format.syntax === 'commonjs') {
      return mode === 'boundary'
        ? `const http = require('node:http')${listen(`(() => { const { text } = require(${app}); return ${answer} })()`)}`
        : `const http = require('node:http')
let { text } = require(${app})
module.hot.accept(${app}, (next) => { text = next.text })${listen(answer)}`
    }
    return mode === 'boundary'
      ? `import http from 'node:http'${listen(`await import(${app}).then(({ text }) => ${answer})`)}`
      : `import http from 'node:http'
import { text } from ${app}
import.meta.hot.accept(${app})${listen(answer)}`
  }

  /** app joins what the parts that it imports say. */
  app(...parts: string[]): string {
    const calls = parts.map((part) => `${part}.say()`).join(" + '+' + ")
    const imports = parts.map((part) => this.#import(part))
    return [...imports, this.#ran('app'), this.#export('text', calls)].join('\n')
  }

  part(name: string, says: string): string {
    const { extension, isCompiled } = this.#format
    const body = isCompiled
      ? `enum Words { Says = '${says}' }\n`
      : `const Words${extension === 'ts' ? ': { Says: string }' : ''} = { Says: '${says}' }\n`
    return `${body}${this.#ran(name)}\n${this.#export('say', 'Words.Says')}`
  }

  #import(part: string): string {
    if (this.#format.syntax === 'commonjs') return `const ${part} = require('./${this.file(part)}')`
    const specifier = this.#format.isCompiled ? `~/${part}` : `./${this.file(part)}`
    return `import * as ${part} from '${specifier}'`
  }

  #export(name: string, expression: string): string {
    const type = this.#format.extension === 'ts' ? ': string' : ''
    return this.#format.syntax === 'commonjs'
      ? `exports.${name} = () => ${expression}`
      : `export function ${name}()${type} { return ${expression} }`
  }

  #ran(name: string): string {
    return `;((globalThis${this.#format.extension === 'ts' ? ' as any' : ''}).ran ??= {}).${name} = (globalThis.ran.${name} ?? 0) + 1`
  }
}

/** One program that is changed in every way, and what it has to answer each time. */
class Session {
  readonly #app: App
  readonly #program: Program
  readonly #mode: Mode
  readonly #answersAtOnce: boolean

  constructor(app: App, program: Program, mode: Mode, answersAtOnce: boolean) {
    this.#app = app
    this.#program = program
    this.#mode = mode
    this.#answersAtOnce = answersAtOnce
  }

  async expectAnswer(expected: string): Promise<void> {
    if (this.#answersAtOnce) {
      expect(await this.#app.get()).toBe(expected)
      return
    }
    await this.#app.until(expected, async () => (await this.#app.get()) === expected)
  }

  save(name: string, source: string): void {
    this.#app.saveByRename(this.#program.file(name), source)
  }

  async changeValue(): Promise<void> {
    this.save('model', this.#program.part('model', 'two'))
    await this.expectAnswer('two {"model":2,"app":2}')
  }

  async addImport(): Promise<void> {
    this.save('extra', this.#program.part('extra', 'more'))
    this.save('app', this.#program.app('model', 'extra'))
    await this.expectAnswer('two+more {"model":2,"app":3,"extra":1}')
    this.save('extra', this.#program.part('extra', 'most'))
    await this.expectAnswer('two+most {"model":2,"app":4,"extra":2}')
  }

  async removeImport(): Promise<void> {
    this.save('app', this.#program.app('model'))
    await this.expectAnswer('two {"model":2,"app":5,"extra":2}')
    this.save('extra', this.#program.part('extra', 'of no interest'))
    this.save('model', this.#program.part('model', 'three'))
    await this.expectAnswer('three {"model":3,"app":6,"extra":2}')
  }

  async breakAndHeal(): Promise<void> {
    this.save('model', 'const fine = 1\nconst broken = = 2\n')
    if (this.#mode === 'boundary') {
      const { body } = await this.#app.until('the error', async () => {
        const response = await this.#app.request()
        if (this.#answersAtOnce) expect(response.status).toBe(500)
        return response.status === 500 && response
      })
      expect(body).toContain(this.#app.path(this.#program.file('model')))
    }
    // What another loader says to Node alone cannot be told from an error of the program.
    await this.#app.output(/\w+\.\w+ could not be (loaded|evaluated); the old program runs on/)
    this.save('model', this.#program.part('model', 'four'))
    await this.expectAnswer('four {"model":4,"app":7,"extra":2}')
  }

  async rename(): Promise<void> {
    const { file } = this.#program
    renameSync(this.#app.path(file('model')), this.#app.path(file('renamed')))
    this.save('app', this.#program.app('renamed'))
    await this.expectAnswer('four {"model":5,"app":8,"extra":2}')
    this.save('renamed', this.#program.part('renamed', 'five'))
    await this.expectAnswer('five {"model":5,"app":9,"extra":2,"renamed":1}')
  }
}

const changes = [
  ['value change', 'changeValue'],
  ['new import added', 'addImport'],
  ['import removed', 'removeImport'],
  ['syntax error and heal', 'breakAndHeal'],
  ['file renamed', 'rename'],
] as const

/** On how many versions of Node each change was hot, by row and column of the table. */
const hot = new Map<string, number>()
const cell = (...names: string[]) => names.join(' | ')

describe.each(formats)('$name', (format) => {
  describe.each(modes)('%s', (mode) => {
    it.each(nodeMajors)('is hot whatever changes, on Node %s', async (node) => {
      const program = new Program(format)
      const { file } = program
      const files = {
        [file('server')]: program.server(mode),
        [file('app')]: program.app('model'),
        [file('model')]: program.part('model', 'one'),
      }
      const packageJson = { type: format.extension === 'cjs' ? 'commonjs' : 'module' }
      const options = { node, entry: file('server'), hasParent: true, packageJson }
      const app = formatApp(format, files, options).start()
      const session = new Session(
        app,
        program,
        mode,
        mode === 'boundary' && format.syntax === 'esm',
      )
      await session.expectAnswer('one {"model":1,"app":1}')
      for (const [change, run] of changes) {
        await session[run]()
        const key = cell(format.name, mode, change)
        hot.set(key, (hot.get(key) ?? 0) + 1)
      }
      expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
    })
  })
})

describe('the table of formats in docs/formats.md', () => {
  const page = fileURLToPath(new URL('../../../../../docs/formats.md', import.meta.url))
  const markers = /(?<=<!-- formats:start -->\n)[\s\S]*?(?=<!-- formats:end -->)/

  it('says what was seen here; UPDATE_DOCS=1 writes it', () => {
    const rows = formats.flatMap(({ name }) =>
      modes.map((mode) => {
        const cells = changes.map(([change]) =>
          hot.get(cell(name, mode, change)) === nodeMajors.length ? 'hot' : 'not hot',
        )
        return `| ${[name, mode, ...cells].join(' | ')} |`
      }),
    )
    const header = `| | | ${changes.map(([change]) => change).join(' | ')} |`
    const table = `\n${[header, header.replace(/[^|]+/g, '---'), ...rows].join('\n')}\n\n`
    const text = readFileSync(page, 'utf8')
    if (process.env.UPDATE_DOCS)
      writeFileSync(
        page,
        text.replace(markers, () => table),
      )
    else expect(markers.exec(text)?.[0]).toBe(table)
  })
})
