import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

const saves = 60

/** Accepted by the entry, and seen on two ways by the boundary. */
const shared = (value: number) => `const evaluations = (globalThis.evaluations ??= [])
const disposals = (globalThis.disposals ??= [])
export const value = ${value}
evaluations.push(value)
import.meta.hot.dispose(async () => {
  disposals.push(value)
  await new Promise((done) => setTimeout(done, Math.random() * 4))
})
${value % 3 === 0 ? 'await new Promise((done) => setTimeout(done, Math.random() * 6))' : ''}`

const files = {
  'server.js': `import { value } from './shared.js'
const accepted = []
import.meta.hot.accept('./shared.js', async (next) => {
  await new Promise((done) => setTimeout(done, Math.random() * 4))
  accepted.push(value === next.value ? value : 'mixed ' + value + ' ' + next.value)
  console.log('accepted ' + accepted.at(-1))
})
const seen = new Set()
const ask = async () => {
  const app = await import('./app.js')
  seen.add([app.value, app.left, app.right].join() + (app.own === app.own2 ? '' : ' mixed'))
}
let pending = 0
setInterval(() => {
  pending++
  ask().catch((error) => console.log('failed', error.message)).finally(() => pending--)
}, 1)
process.on('message', async (message) => {
  if (message !== 'report') return
  await ask()
  console.log('report ' + JSON.stringify({
    accepted, seen: [...seen], pending, evaluations: globalThis.evaluations, disposals: globalThis.disposals,
  }))
})
console.log('started')`,
  'app.js': `export { value } from './shared.js'
export { left } from './left.js'
export { right, own2 } from './right.js'
export { own } from './left.js'`,
  'left.js': "export { value as left } from './shared.js'\nexport { own } from './own.js'",
  'right.js':
    "export { value as right } from './shared.js'\nexport { own as own2 } from './own.js'",
  'own.js': 'export const own = 0',
  'shared.js': shared(0),
}

describe.each(nodeMajors)('updates under load on Node %s', (node) => {
  it('an import() sees one version of each file; what is evaluated is disposed once, in order', async () => {
    const story = new Story(files, { node })
    await story.begin()
    for (let count = 1; count <= saves; count++) {
      story.saveByRename('shared.js', shared(count))
      if (count % 2 === 0) story.saveByRename('own.js', `export const own = ${count}`)
      // Every other save comes while the update of the one before may still be under way.
      if (count % 2 === 0) await story.tell(new RegExp(`^accepted ${count}$`))
    }
    await story.until('last version', () => {
      story.child.send('report')
      return story.stdout.includes(`"${saves},${saves},${saves}"`)
    })
    const last = story.stdout
      .trimEnd()
      .split('\n')
      .findLast((line) => line.startsWith('report'))
    const report = JSON.parse(last?.slice('report'.length) ?? '')
    const mixed = report.seen.filter((triple: string) => !/^(\d+),\1,\1$/.test(triple))
    expect(mixed).toEqual([])
    const ascending = (values: number[]) => values.toSorted((a, b) => a - b)
    // A save that comes while the one before it is being loaded may be what both of them find.
    expect(report.evaluations).toEqual(ascending(report.evaluations))
    expect(report.disposals).toEqual(report.evaluations.slice(0, -1))
    expect(report.accepted).toEqual(ascending(report.accepted))
    expect(report.accepted.at(-1)).toBe(saves)
    expect(story.stdout).not.toContain('failed')
    expect(story.stdout).not.toContain('* error')
  })
})
