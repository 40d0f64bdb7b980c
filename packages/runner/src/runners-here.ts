import { realpathSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { askAll, type RunnerRequest } from './runner-socket.ts'

/** In what every runner answers. */
export interface RunnerAnswer {
  /** The working directory of the script, absolute path. */
  directory: string
  /** Absolute path. */
  script: string
}

/**
 * What the runners of a directory answer: those that run in it, above it or below it.
 *
 * @param isAnswer whether an answer is complete: a runner of another version may give other ones
 */
export async function askHere<Answer extends RunnerAnswer>(
  request: RunnerRequest,
  directory: string,
  isAnswer: (answer: object) => answer is Answer,
): Promise<Answer[]> {
  const here = realpath(directory)
  const answers = await askEverywhere(request, isAnswer)
  return answers.filter((answer) => isRelated(realpath(answer.directory), here))
}

/** What all runners of this user answer. */
export async function askEverywhere<Answer extends RunnerAnswer>(
  request: RunnerRequest,
  isAnswer: (answer: object) => answer is Answer,
): Promise<Answer[]> {
  const answers = await askAll(request)
  return answers.filter((answer) => typeof answer === 'object' && answer !== null).filter(isAnswer)
}

function realpath(directory: string): string {
  try {
    return realpathSync(directory)
  } catch {
    return resolve(directory)
  }
}

/** One of the two lies in the other. */
function isRelated(a: string, b: string): boolean {
  return isIn(a, b) || isIn(b, a)
}

function isIn(path: string, directory: string): boolean {
  const steps = relative(directory, path)
  return !(
    steps === '..' ||
    steps.startsWith(`..${sep}`) ||
    (steps !== '' && resolve(steps) === steps)
  )
}
