import type { Answer, Question } from 'hot-hook/protocol'
import type { Child } from './child.ts'
import type { ChildMessage } from './messages.ts'

/** How long an answer may take, in milliseconds: a program may be busy, or have an older Hot Hook. */
const patience = 5_000

/** Asks the Hot Hook of a process, several things at a time. */
export class Questions {
  #count = 0

  /**
   * @param child `undefined`: none runs
   * @returns the answer; `undefined` when there is none because the process has ended or takes too long
   */
  ask(child: Child | undefined, question: Question): Promise<Answer | undefined> {
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
      const timer = setTimeout(end, patience)
      child.on('message', listener)
      void child.exited.then(() => end())
    })
  }
}
