import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { App, type AppOptions } from './app.ts'

const examples = fileURLToPath(new URL('../../../../examples', import.meta.url))
const runner = fileURLToPath(new URL('../../../runner/bin/hot-runner.js', import.meta.url))

export interface ExampleOptions extends AppOptions {
  /** More options of the script's own command. */
  flags?: string[]
}

/** A copy of an example, started with its own script. */
export class Example extends App {
  /**
   * @param name its directory, or the one of the package that has the scripts
   * @param script of its package.json
   */
  constructor(
    name: string,
    script: 'dev' | 'start',
    { flags = [], ...options }: ExampleOptions = {},
  ) {
    const [root = ''] = name.split('/')
    const { scripts } = JSON.parse(readFileSync(join(examples, name, 'package.json'), 'utf8'))
    const [command, ...args] = (scripts[script] as string).split(' ')
    const at = args.findIndex((arg) => /\.[jt]sx?$/.test(arg))
    const entry = args[at]
    super(
      {},
      {
        env: { PORT: '0', EVERY_MS: '40' },
        nodeArguments: [
          ...(command === 'hot-runner' ? [runner] : []),
          ...args.slice(0, at),
          ...flags,
        ],
        scriptArguments: args.slice(at + 1),
        ...(entry !== undefined && { entry }),
        workingDirectory: relative(root, name),
        ...options,
      },
    )
    copyWithPackages(join(examples, root), this.directory)
  }

  /** Saves a file with one text in place of another. */
  edit(path: string, from: string, to: string): void {
    const source = readFileSync(this.path(path), 'utf8')
    if (!source.includes(from)) throw new Error(`"${from}" is not in ${path}`)
    this.save(path, source.replace(from, to))
  }
}

/** Packages that lie within the example are those of the copy; all others are as they are installed. */
function copyWithPackages(from: string, to: string, root = { from, to }): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.name === 'node_modules') linkPackages(source, target, root)
    else if (!entry.isDirectory()) cpSync(source, target)
    else {
      mkdirSync(target, { recursive: true })
      copyWithPackages(source, target, root)
    }
  }
}

function linkPackages(from: string, to: string, root: { from: string; to: string }): void {
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)]
    if (name.startsWith('@')) linkPackages(source, target, root)
    else if (!name.startsWith('.') && !existsSync(target)) {
      const installed = realpathSync(source)
      const isOwn = installed.startsWith(`${root.from}${sep}`)
      mkdirSync(dirname(target), { recursive: true })
      symlinkSync(
        isOwn ? join(root.to, relative(root.from, installed)) : installed,
        target,
        'junction',
      )
    }
  }
}
