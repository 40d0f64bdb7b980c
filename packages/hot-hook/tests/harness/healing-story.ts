import { expect } from 'vitest'
import { Story } from './story.ts'

/** Start-up is over then. */
export const started = "setTimeout(() => setTimeout(() => console.log('started')))"

/** A module that tells what happens to it. */
export const told = (name: string, value: number, imports = '', more = '') => `${imports}
export const value = ${value}
console.log('evaluate ${name} ${value}')
import.meta.hot.dispose(() => console.log('dispose ${name} ${value}'))
${more}`

/** Imports the module that a message names, and tells its value. */
export const asked = `process.on('message', async (name) => {
  try {
    console.log('got', (await import('./' + name)).value)
  } catch (error) {
    console.log('got error', error?.message ?? error)
  }
})`

/** A program whose modules break and are healed. */
export class HealingStory extends Story {
  /** Saves a file; it is known to be stale when this ends. */
  async stale(path: string, source: string): Promise<void> {
    const before = this.messages.length
    this.save(path, source)
    const { length } = await this.until(`invalidation of ${path}`, () => {
      const later = this.messages.slice(before)
      return later.some(({ type }) => type === 'hot-hook:invalidated') && this.messages
    })
    expect(length).toBeGreaterThan(before)
  }

  /** What is told until a module that is asked for is there. */
  async ask(name: string): Promise<string[]> {
    this.child.send(name)
    return this.tell(/^got/)
  }

  /** What is told of the update that asking for a module makes. */
  async update(name: string): Promise<string[]> {
    const lines = await this.ask(name)
    if (!lines.some((line) => line.startsWith('* update'))) {
      lines.push(...(await this.tell(/^\* update/)))
    }
    return lines.filter((line) => !line.startsWith('got'))
  }
}
