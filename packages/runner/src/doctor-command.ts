import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseCommand } from './cli.ts'
import { diagnosisOf, formatDiagnosis, formatExplanation } from './diagnosis.ts'
import { diagnose } from './doctor.ts'
import { type RunnerOptions, RunnerOptionsError } from './options.ts'
import { printable } from './printable.ts'

/** Commands that ask a program instead of running it. */
export type Question = 'doctor' | 'explain'

export function isQuestion(word: string | undefined): word is Question {
  return word === 'doctor' || word === 'explain'
}

/**
 * `hot-runner doctor [options] [script]` and `hot-runner explain [options] <file> [script]`: what they
 * print.
 *
 * @throws {RunnerOptionsError} when the program cannot be asked
 */
export async function answer(question: Question, args: readonly string[]): Promise<string> {
  const isJson = args.includes('--json')
  const given = args.filter((argument) => argument !== '--json')
  const cwd = process.cwd()
  const { words, options } = read(given)
  const file = question === 'explain' ? words.shift() : undefined
  if (question === 'explain' && file === undefined) {
    throw new RunnerOptionsError('explain needs a file: hot-runner explain app.ts')
  }
  const [script = mainOf(cwd), ...scriptArgs] = words
  const asked = { ...options, script, scriptArgs: [...scriptArgs, ...(options.scriptArgs ?? [])] }
  if (file === undefined) {
    const explanations = await diagnose(asked)
    return isJson ? json(diagnosisOf(explanations)) : lines(formatDiagnosis(explanations, cwd))
  }
  const path = resolve(cwd, file)
  if (!existsSync(path)) throw new RunnerOptionsError(`There is no file ${path}.`)
  const [explanation] = await diagnose(asked, [path])
  if (!explanation) throw new RunnerOptionsError(`Nothing is known of ${path}.`)
  return isJson ? json(explanation) : lines(formatExplanation(explanation, cwd))
}

/** No file has this name. */
const end = '\0'

/** What is no option, and the options: in front of the first word, as when a script is run. */
function read(args: readonly string[]): { words: string[]; options: RunnerOptions } {
  const command = parseCommand([...args, end])
  if (command.kind !== 'run') throw new RunnerOptionsError(`--${command.kind} stands alone.`)
  const { script, scriptArgs = [], ...options } = command.options
  const at = [script, ...scriptArgs].indexOf(end)
  const words = [script, ...scriptArgs].slice(0, at)
  return { words, options: { ...options, script, scriptArgs: scriptArgs.slice(at) } }
}

/** The program of the package. */
function mainOf(cwd: string): string {
  const path = join(cwd, 'package.json')
  const { main } = existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as { main?: unknown })
    : {}
  if (typeof main === 'string') return main
  throw new RunnerOptionsError(
    'Which script? package.json names no "main": hot-runner doctor server.ts',
  )
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function lines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}
