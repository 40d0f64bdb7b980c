import { anyError, type Expected } from './fresh.ts'

/** What the server of a program sends. */
export interface Answer {
  to: string[]
  ran: string[]
}

export const isAnswer = (value: unknown): value is Answer =>
  typeof value === 'object' && value !== null && 'to' in value

/** Whether an answer is what is expected, word by word. */
export function matches(answer: unknown, expected: Expected[], isLoose = false): boolean {
  if (!isAnswer(answer)) return false
  if (isOpen(expected)) return answer.to.some((word) => word.startsWith('!'))
  if (answer.to.length !== expected.length) return false
  return expected.every((word, index) => {
    const got = answer.to[index] ?? ''
    if (typeof word === 'string') return got === word
    const problem = problemIn(got)
    if (!isLoose) return word.anyOf.includes(problem)
    return word.anyOf.some((each) => each.split(' ')[0] === problem.split(' ')[0])
  })
}

/** Whether it is not known which error it is. */
export const isOpen = (expected: Expected[]): boolean =>
  expected.some((word) => typeof word !== 'string' && word.anyOf.includes(anyError))

/** The answer as the model would say it. */
export const wordsOf = (answer: unknown): string =>
  isAnswer(answer)
    ? answer.to.map((word) => (word.startsWith('!') ? `<${problemIn(word)}>` : word)).join(' ')
    : 'no answer'

export const expectedWords = (expected: Expected[]): string =>
  expected
    .map((word) => (typeof word === 'string' ? word : `<${word.anyOf.join(' or ')}>`))
    .join(' ')

/** What an error's stack says: `syntax m3`. */
function problemIn(stack: string): string {
  const boom = /boom (m\d+)/.exec(stack)
  if (boom) return `throws ${boom[1]}`
  const file = /\b(m\d+)\.\w+/.exec(stack)?.[1] ?? '?'
  if (/does not provide an export|Named export/.test(stack)) {
    return `link ${/^\S*\b(m\d+)\.\w+:\d+/.exec(stack.slice(1))?.[1] ?? '?'}`
  }
  if (/MODULE_NOT_FOUND|ENOENT|Cannot find module/.test(stack)) {
    const missing = /(?:Cannot find module|open) '[^']*\b(m\d+)(?:\.\w+)?'/.exec(stack)?.[1]
    return `missing ${missing ?? file}`
  }
  if (/SyntaxError|JSON/.test(stack)) return `syntax ${file}`
  return stack.split('\n')[0] ?? ''
}
