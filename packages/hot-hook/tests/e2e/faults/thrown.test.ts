import { describe, expect, it } from 'vitest'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'
import { thrown } from '../../harness/thrown.ts'

interface Case {
  handler: string
  /** The program at its start. */
  files: Record<string, string>
  /** What is saved, so that something is thrown during this change or the next. */
  change(value: number, expression: string): Record<string, string>
  /** How the line begins that the log has for each. */
  line: RegExp
  /** How often a change leads to it. */
  times: number
}

const accepting = "import './app.js'\nimport.meta.hot.accept('./app.js')\nconsole.log('started')"
const runs = (value: number) => `console.log('runs ${value}')`
const fails = (expression: string) => `export const fail = () => { throw ${expression} }`

function accepted(handler: string, accept: string): Case {
  return {
    handler,
    files: {
      'server.js': accepting,
      'app.js': `import './dep.js'
        import.meta.hot.${accept}
        console.log('runs', globalThis.value)`,
      'dep.js': '',
    },
    change: (value, expression) => ({
      'dep.js': `globalThis.value = ${value}\n${fails(expression)}`,
    }),
    line: /^\[hot-hook\] app\.js could not be accepted/gm,
    times: 1,
  }
}

const cases: Case[] = [
  {
    handler: 'dispose',
    files: { 'server.js': accepting, 'app.js': '' },
    change: (value, expression) => ({
      'app.js': `${fails(expression)}
        import.meta.hot.dispose(fail)
        import.meta.hot.dispose(async () => fail())
        import.meta.hot.dispose({ [Symbol.dispose]: fail })
        ${runs(value)}`,
    }),
    line: /^\[hot-hook\] a dispose handler of app\.js failed/gm,
    times: 3,
  },
  {
    handler: 'prune',
    files: { 'server.js': accepting, 'app.js': '' },
    change: (value, expression) => ({
      'app.js': `import './child${value}.js'\n${runs(value)}`,
      [`child${value}.js`]: `${fails(expression)}
        import.meta.hot.prune(fail)
        import.meta.hot.prune(async () => fail())`,
    }),
    line: /^\[hot-hook\] a prune handler of child\d+\.js failed/gm,
    times: 2,
  },
  accepted('accept callback', "accept('./dep.js', (dep) => dep.fail())"),
  accepted('async accept callback', "accept(['./dep.js'], async ([dep]) => dep.fail())"),
  {
    handler: 'self-accept callback',
    files: {
      'server.js': accepting,
      'app.js': "import './dep.js'\nconsole.log('runs', globalThis.value)",
      'dep.js': 'import.meta.hot.accept((dep) => dep.fail())',
    },
    change: (value, expression) => ({
      'dep.js': `globalThis.value = ${value}\n${fails(expression)}
        import.meta.hot.accept((dep) => dep.fail())`,
    }),
    line: /^\[hot-hook\] dep\.js could not be accepted/gm,
    times: 1,
  },
  {
    handler: 'event',
    files: { 'server.js': accepting, 'app.js': '' },
    change: (value, expression) => ({
      'app.js': `${fails(expression)}
        import.meta.hot.on('update', fail)
        import.meta.hot.on('update', async () => fail())
        ${runs(value)}`,
    }),
    line: /^\[hot-hook\] a handler of "update" failed \[HOT_HOOK_EVENT_HANDLER\]/gm,
    times: 2,
  },
]

describe.each(nodeMajors)('on Node %s', (node) => {
  it.each(cases)(
    '$handler: whatever is thrown is one line in the log, and the next save works',
    async ({ files, change, line, times }) => {
      const story = new Story(files, { node })
      await story.begin()
      const lines = () => story.stderr.match(line)?.length ?? 0
      let value = 0
      for (const [what, expression] of [...Object.entries(thrown), ['the last one', 'null']]) {
        value++
        const told = await story.change(change(value, expression as string), /^\* update/)
        expect(told, what).toContain(`runs ${value}`)
      }
      const expected = () => lines() >= times * (value - 1)
      await story.until('lines', expected)
      expect(story.stderr).not.toContain('HOT_HOOK_INTERNAL')
      expect(lines()).toBeLessThanOrEqual(times * value)
    },
  )

  it('top level of an accepted module: whatever is thrown is reported, and the next save works', async () => {
    const story = new Story({ 'server.js': accepting, 'app.js': '' }, { node })
    await story.begin()
    let value = 0
    for (const [what, expression] of Object.entries(thrown)) {
      const told = await story.change({ 'app.js': `throw ${expression}` })
      expect(told.join('\n'), what).toMatch(/^\* error evaluate app.js/)
      value++
      expect(await story.change({ 'app.js': runs(value) }), what).toEqual([
        `runs ${value}`,
        '* update app.js',
      ])
    }
    const reports = story.stderr.split('[hot-hook] app.js could not be evaluated').length - 1
    expect(reports).toBe(value)
  })
})
