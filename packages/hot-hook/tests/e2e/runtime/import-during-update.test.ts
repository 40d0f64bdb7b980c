import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

/** Its dispose handler ends when the parent says so. */
const shared = (value: number, more = '') => `export const value = ${value}
console.log('evaluate shared ${value}')
import.meta.hot.dispose(async () => {
  console.log('disposing')
  await new Promise((done) => process.once('message', done))
})
${more}`

const server = (rest = '') => `import { value } from './shared.js'
import.meta.hot.accept('./shared.js', (next) => console.log('accepted', value, next.value))
const call = async () => {
  console.log('asked')
  try {
    const app = await import('./app.js')
    console.log('got', app.value, app.left, app.right)
  } catch (error) {
    console.log('got', error.message)
  }
}
process.on('message', (message) => { if (message === 'call') call() })
${rest}
// Start-up is over then.
setTimeout(() => setTimeout(() => console.log('started')))`

/** A boundary that sees shared.js on two ways. */
const app = {
  'app.js':
    "export { value } from './shared.js'\nexport { left } from './left.js'\nexport { right } from './right.js'",
  'left.js': "export { value as left } from './shared.js'",
  'right.js': "export { value as right } from './shared.js'",
}

describe.each(nodeMajors)('an import() during an update on Node %s', (node) => {
  it('waits for it and gets the new program, one version of each file', async () => {
    const files = { 'server.js': server(), 'shared.js': shared(1), ...app }
    const story = new Story(files, { node })
    await story.begin()
    story.child.send('call')
    expect(await story.tell(/^got/)).toEqual(['asked', 'got 1 1 1'])
    expect(await story.change({ 'shared.js': shared(2) }, /^disposing/)).toEqual(['disposing'])
    story.child.send('call')
    // The message ends the disposal as well: what was asked for during it comes after.
    const lines = await story.tell(/^got/)
    while (!lines.includes('accepted 2 2')) lines.push(...(await story.tell(/^accepted/)))
    expect(lines.filter((line) => line.startsWith('evaluate'))).toEqual(['evaluate shared 2'])
    expect(lines).toContain('got 2 2 2')
  })

  it('that fails gets its error', async () => {
    const files = { 'server.js': server(), 'shared.js': shared(1), ...app }
    const story = new Story(files, { node })
    await story.begin()
    story.child.send('call')
    await story.tell(/^got/)
    const broken = shared(2, "throw new Error('boom')")
    await story.change({ 'shared.js': broken }, /^disposing/)
    story.child.send('call')
    const lines = await story.tell(/^got/)
    expect(lines.at(-1)).toBe('got boom')
    expect(lines.filter((line) => line.startsWith('evaluate'))).toEqual(['evaluate shared 2'])
    await story.change({ 'shared.js': shared(3) }, /^disposing/)
    story.child.send('go on')
    await story.tell(/^\* update/)
    // Both met the same error: it is reported once.
    expect(story.stdout.match(/^\* error/gm)).toHaveLength(1)
  })

  it('that replaces who accepts calls back nobody: the new instance has what it imports', async () => {
    const app = (name: string) => `import { value } from './shared.js'
console.log('evaluate ${name}', value)
import.meta.hot.accept('./shared.js', () => console.log('${name} called back', value))
import.meta.hot.dispose(() => console.log('dispose ${name}'))
export { value }`
    const files = {
      'server.js': server().split('\n').slice(2).join('\n'),
      'shared.js': shared(1),
      'app.js': app('one'),
    }
    const story = new Story(files, { node })
    await story.begin()
    story.child.send('call')
    await story.tell(/^got/)
    const both = { 'shared.js': shared(2), 'app.js': app('two') }
    await story.change(both, /^disposing/)
    // The message ends the disposal as well.
    story.child.send('call')
    expect((await story.tell(/^got/)).filter((line) => !line.startsWith('*'))).toEqual([
      'asked',
      'evaluate shared 2',
      'dispose one',
      'evaluate two 2',
      'got 2 undefined undefined',
    ])
    await story.change({ 'shared.js': shared(3) }, /^disposing/)
    story.child.send('go on')
    expect((await story.tell(/called back/)).filter((line) => !line.startsWith('*'))).toEqual([
      'evaluate shared 3',
      'two called back 3',
    ])
  })

  it('from a dispose handler gets the old program and does not wait', async () => {
    const part = (value: number) => `export const value = ${value}
import.meta.hot.dispose(async () => {
  const { name } = await import('./helper.js')
  console.log('dispose', name, (await import('./app.js')).value)
})`
    const story = new Story(
      {
        'server.js': `import { value } from './part.js'
import.meta.hot.accept('./part.js', () => console.log('accepted', value))
setTimeout(() => setTimeout(async () => console.log('got', (await import('./app.js')).value)))
console.log('started')`,
        'part.js': part(1),
        'app.js': "export { value } from './part.js'",
        'helper.js': "export const name = 'helped'",
      },
      { node },
    )
    await story.begin()
    await story.tell(/^got/)
    expect(await story.change({ 'part.js': part(2) })).toEqual([
      'dispose helped 1',
      'accepted 2',
      '* update part.js',
    ])
  })

  it('from an accept callback gets the new program and does not wait', async () => {
    const story = new Story(
      {
        'server.js': `import { value } from './part.js'
import.meta.hot.accept('./part.js', async (next) => {
  const app = await import('./app.js')
  console.log('accepted', value, app.value, app.part === next)
})
setTimeout(() => setTimeout(async () => console.log('got', (await import('./app.js')).value)))
console.log('started')`,
        'part.js': 'export const value = 1',
        'app.js':
          "import * as part from './part.js'\nexport { value } from './part.js'\nexport { part }",
      },
      { node },
    )
    await story.begin()
    await story.tell(/^got/)
    expect(await story.change({ 'part.js': 'export const value = 2' }, /^\* update part/)).toEqual([
      'accepted 2 2 true',
      '* update app.js',
      '* update part.js',
    ])
  })

  it('from the top level of a new instance gets the new program and does not wait', async () => {
    const part = (value: number) => `export const value = ${value}
const { name } = await import('./helper.js')
console.log('evaluate', name, value)`
    const helper = (value: number) => `export const name = 'helper ${value}'`
    const story = new Story(
      {
        'server.js': `import './part.js'\nimport.meta.hot.accept('./part.js')\nconsole.log('started')`,
        'part.js': part(1),
        'helper.js': helper(1),
      },
      { node },
    )
    await story.begin()
    expect(await story.change({ 'part.js': part(2), 'helper.js': helper(2) })).toEqual([
      'evaluate helper 2 2',
      '* update helper.js part.js',
    ])
  })

  it('from handlers of events and of prune does not wait', async () => {
    const story = new Story(
      {
        'server.js': `import './app.js'
globalThis.hot.on('update', async () => console.log('on update', (await import('./helper.js')).name))
console.log('started')`,
        'app.js': "import './part.js'\nimport.meta.hot.accept()",
        'part.js': `import.meta.hot.prune(async () => {
  console.log('prune', (await import('./helper.js')).name)
})`,
        'helper.js': "export const name = 'helped'",
      },
      { node },
    )
    await story.begin()
    expect(await story.change({ 'app.js': 'import.meta.hot.accept()' }, /^on update/)).toEqual([
      'prune helped',
      '* prune part.js',
      '* prune helper.js',
      '* update app.js',
      'on update helped',
    ])
  })
})
