import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { parseCommand } from './cli.ts'
import { diagnosisOf, formatDiagnosis, formatExplanation } from './diagnosis.ts'
import { diagnose, type Explanation } from './doctor.ts'
import { type RunnerOptions, RunnerOptionsError } from './options.ts'
import { mainOf, startedScript } from './package-script.ts'
import { printable } from './printable.ts'
import { askHere, type RunnerAnswer } from './runners-here.ts'

/** Commands that ask a program instead of running it. */
export type Question = 'doctor' | 'explain'

export function isQuestion(word: string | undefined): word is Question {
  return word === 'doctor' || word === 'explain'
}

/**
 * `hot-runner doctor [options] [script]` and `hot-runner explain [options] <file> [script]`: what they
 * print. A script that a runner runs in this directory is asked itself; another one is started once.
 *
 * @throws {RunnerOptionsError} when the program cannot be asked
 */
export async function answer(question: Question, args: readonly string[]): Promise<string> {
  const isJson = args.includes('--json')
  const cwd = process.cwd()
  const { words, options } = read(args.filter((argument) => argument !== '--json'))
  const file = question === 'explain' ? words.shift() : undefined
  if (question === 'explain' && file === undefined) {
    throw new RunnerOptionsError('explain needs a file: hot-runner explain app.ts')
  }
  const path = file === undefined ? undefined : resolve(cwd, file)
  if (path !== undefined && !existsSync(path)) {
    throw new RunnerOptionsError(`There is no file ${path}.`)
  }
  const [script, ...scriptArgs] = words
  const asked = { ...options, script, scriptArgs: [...scriptArgs, ...(options.scriptArgs ?? [])] }
  const explanations = await explain(asked, path === undefined ? undefined : [path])
  if (path === undefined) {
    return isJson ? json(diagnosisOf(explanations)) : lines(formatDiagnosis(explanations, cwd))
  }
  const [explanation] = explanations
  if (!explanation) throw new RunnerOptionsError(`Nothing is known of ${path}.`)
  return isJson ? json(explanation) : lines(formatExplanation(explanation, cwd))
}

type Asked = Omit<RunnerOptions, 'script'> & { script: string | undefined }

async function explain(asked: Asked, files: string[] | undefined): Promise<Explanation[]> {
  const cwd = process.cwd()
  const isPlain = [...(asked.nodeArgs ?? []), ...(asked.scriptArgs ?? [])].length === 0
  if (isPlain) {
    const running = await askRunning(asked.script, files)
    if (running) return running
  }
  const script = asked.script ?? mainOf(cwd)
  if (script === undefined) {
    const example = startedScript(cwd)?.script ?? 'server.ts'
    throw new RunnerOptionsError(
      `Which script? No hot-runner runs here, and package.json names no "main": hot-runner doctor ${example}`,
    )
  }
  return diagnose({ ...asked, script }, files)
}

/** What a runner says that runs the script here, or without a script the only one; `undefined`: none does. */
async function askRunning(
  script: string | undefined,
  files: string[] | undefined,
): Promise<Explanation[] | undefined> {
  const cwd = process.cwd()
  const request = { ask: 'explain', ...(files && { files }) } as const
  const answers = await askHere(request, cwd, isExplained)
  if (script !== undefined) {
    const path = resolve(cwd, script)
    return answers.find((answer) => answer.script === path)?.files
  }
  const scripts = new Set(answers.map((answer) => relative(cwd, answer.script)))
  if (scripts.size <= 1) return answers[0]?.files
  const names = [...scripts].join(', ')
  throw new RunnerOptionsError(`Which script? These run here: ${names}.`)
}

interface Explained extends RunnerAnswer {
  files: Explanation[]
}

function isExplained(answer: object): answer is Explained {
  return 'files' in answer && Array.isArray(answer.files) && 'directory' in answer
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

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function lines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}
