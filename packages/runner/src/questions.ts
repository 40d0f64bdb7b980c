import type { Answer, Explanation, GraphFile, Question } from 'hot-hook/protocol'
import type { Child } from './child.ts'
import type { ChildMessage } from './messages.ts'

/** The modules of a program. */
export interface GraphDump {
  /** What relative paths start from, absolute path. */
  rootDirectory: string
  files: GraphFile[]
}

/** What of the saves a process has not got. */
export interface Settled {
  /** Files of which it runs an older version, or none, absolute paths. */
  stale: string[]
  /** A full reload waits until what was saved can be loaded. */
  isHeld: boolean
}

/** How long an answer may take, in milliseconds: a program may be busy, or have an older Hot Hook. */
const patience = 5_000

/** Asks the Hot Hook of the process that serves, several things at a time. */
export class Questions {
  readonly #current: () => Child | undefined
  #count = 0

  /** @param current the process to ask; `undefined`: none runs */
  constructor(current: () => Child | undefined) {
    this.#current = current
  }

  async dump(): Promise<GraphDump | undefined> {
    const answer = await this.#ask({ type: 'hot-hook:dump' }, patience)
    if (answer?.type !== 'hot-hook:dumped') return undefined
    return { rootDirectory: answer.rootDirectory, files: answer.files }
  }

  async explain(files: readonly string[] | undefined): Promise<Explanation[] | undefined> {
    const question = { type: 'hot-hook:explain', ...(files && { files: [...files] }) } as const
    const answer = await this.#ask(question, patience)
    return answer?.type === 'hot-hook:explained' ? answer.files : undefined
  }

  async settle(milliseconds: number = patience): Promise<Settled | undefined> {
    const answer = await this.#ask({ type: 'hot-hook:settle' }, milliseconds)
    if (answer?.type !== 'hot-hook:settled') return undefined
    return { stale: answer.stale, isHeld: answer.isHeld }
  }

  /** `undefined` when there is no answer because the process has ended or takes too long. */
  #ask(question: Question, milliseconds: number): Promise<Answer | undefined> {
    const child = this.#current()
    this.#count += 1
    const id = this.#count
    if (!child?.message({ ...question, id })) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const end = (answer?: Answer) => {
        clearTimeout(timer)
        child.off('message', listener)
        resolve(answer)
      }
      const listener = (message: ChildMessage) => {
        if ('id' in message && message.id === id) end(message)
      }
      const timer = setTimeout(end, milliseconds)
      child.on('message', listener)
      void child.exited.then(() => end())
    })
  }
}
