import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

/** Start-up is over then. */
const started = "setTimeout(() => setTimeout(() => console.log('started')))"

/** The first dispose handler ends when the parent says so. */
const part = (rest = '') => `let isOpen = true
export const state = () => (isOpen ? 'open' : 'disposed')
console.log('evaluate part', JSON.stringify(import.meta.hot.data))
import.meta.hot.data.seen = true
import.meta.hot.dispose(async () => {
  isOpen = false
  console.log('disposing')
  globalThis.told ??= new Promise((done) => process.on('message', (message) => message === 'go on' && done()))
  await globalThis.told
  console.log('disposed')
})
${rest}`

const server = `import './app.js'
process.on('message', async (message) => {
  if (message !== 'call') return
  console.log('asked')
  console.log('got', (await import('./part.js')).state())
})
${started}`

const app = (imports: string) => `${imports}\nimport.meta.hot.accept()`

describe.each(nodeMajors)('an import() of a module that is being pruned on Node %s', (node) => {
  it('waits for its handlers and gets a new instance, of which a save is hot', async () => {
    const story = new Story(
      { 'server.js': server, 'app.js': app("import './part.js'"), 'part.js': part() },
      { node },
    )
    await story.begin()
    expect(await story.change({ 'app.js': app('') }, /^disposing/)).toEqual(['disposing'])
    story.child.send('call')
    expect(await story.tell(/^asked/)).toEqual(['asked'])
    story.child.send('go on')
    expect((await story.tell(/^got/)).filter((line) => !line.startsWith('*'))).toEqual([
      'disposed',
      'evaluate part {}',
      'got open',
    ])
    for (const save of ['first', 'second', 'third']) {
      story.save('part.js', `export const state = () => '${save}'`)
      await story.until(`the ${save} save`, async () => {
        story.child.send('call')
        return (await story.tell(/^got/)).at(-1) === `got ${save}`
      })
    }
  })
})
