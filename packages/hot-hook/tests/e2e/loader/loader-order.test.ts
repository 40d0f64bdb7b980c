import { describe, expect, it } from 'vitest'
import { App, type AppOptions, serverImporting } from '../../harness/app.ts'
import { installHotHook, linkPackages } from '../../harness/formats.ts'
import { type NodeMajor, nodeMajors } from '../../harness/nodes.ts'

const types = [{ type: 'module' }, { type: 'commonjs' }, { type: undefined }] as const
const orders = [
  { order: 'tsx, then Hot Hook', preloads: ['tsx', 'hot-hook/register'] },
  { order: 'Hot Hook, then tsx', preloads: ['hot-hook/register', 'tsx'] },
]
const loaders = [...orders, { order: "Node's own", preloads: ['hot-hook/register'] }]

function started(
  files: Record<string, string>,
  { preloads, ...options }: AppOptions & { preloads: string[]; node: NodeMajor },
): App {
  const nodeArguments = preloads.flatMap((preload) => ['--import', preload])
  const app = new App(files, { entry: 'server.ts', nodeArguments, ...options })
  installHotHook(app)
  linkPackages(app, 'tsx')
  return app.start()
}

/** Saves a file three times, asks until the answer is new, and waits for the line of each update. */
async function saveThrice(app: App, file: string, source: (text: string) => string): Promise<void> {
  for (const [index, text] of ['two', 'three', 'four'].entries()) {
    app.save(file, source(text))
    await app.until(text, async () => (await app.get()).endsWith(text))
    await app.until('line of the update', () => linesOf(app).length > index)
  }
}

/** What Hot Hook has said. */
function linesOf({ stderr }: App): string[] {
  return stderr.split('\n').filter((line) => line.startsWith('[hot-hook]'))
}

describe.each(nodeMajors)('on Node %s', (node) => {
  const word = (text: string) => `export const word: string = '${text}'`

  it.each(orders)(
    '$order: what the entry imports starts a program without "type" again, at every save',
    async ({ preloads }) => {
      const files = {
        'server.ts': `import { word } from './word'
console.log('started with ' + word)
setInterval(() => {}, 1e9)`,
        'word.ts': word('one'),
      }
      const app = started(files, { node, preloads, packageJson: { type: undefined } })
      await app.output('started with one')
      for (const text of ['two', 'three', 'four']) {
        app.save('word.ts', word(text))
        await app.output(`started with ${text}`)
      }
      const line = '[hot-hook] word.ts changed: full reload, word.ts → server.ts (entry)'
      expect(linesOf(app).filter((each) => each.startsWith(line))).toHaveLength(3)
    },
  )

  describe.each(orders)('$order', ({ preloads }) => {
    it.each(types)(
      'a .tsx file that is served is not said to have failed, in a package of type $type',
      async ({ type }) => {
        const page = (text: string) => `/** @jsx make */
const make = (type: string, _props: unknown, text: string): string => '<' + type + '>' + text
const page: string = <p>${text}</p>
export default (_: unknown, response: { end(text: string): void }) => response.end(page)`
        const files = { 'server.ts': serverImporting('./page.tsx'), 'page.tsx': page('one') }
        const app = started(files, { node, preloads, packageJson: { type } })
        expect(await app.get()).toBe('<p>one')
        await saveThrice(app, 'page.tsx', page)
        for (const line of linesOf(app))
          expect(line).toMatch(/page\.tsx changed: 1 module reloaded/)
      },
    )
  })

  describe.each(loaders)('$order', ({ preloads }) => {
    const debug = `import { Session } from 'node:inspector'
const session = new Session()
session.connect()
session.on('Debugger.scriptParsed', ({ params }) => console.log('script ' + params.url))
session.on('Debugger.paused', () => console.log('paused'))
session.post('Debugger.enable')
const { href } = new URL('page.ts', import.meta.url)
session.post('Debugger.setBreakpointByUrl', { lineNumber: 0, url: href })
`

    it.each(types)(
      'a breakpoint by the URL of its file is hit in every version, in a package of type $type',
      async ({ type }) => {
        const page = (text: string) =>
          `${type === 'module' ? 'export default' : 'module.exports ='} (_: unknown, response: any) => response.end('${text}')`
        const files = { 'server.mts': serverImporting('./page.ts', debug), 'page.ts': page('one') }
        const options = { entry: 'server.mts', packageJson: { type } }
        const app = started(files, { node, preloads, ...options })
        expect(await app.get()).toBe('one')
        await saveThrice(app, 'page.ts', page)
        expect(app.stdout.split('paused\n').length - 1).toBe(4)
        const scripts = app.stdout.match(/^script .*page.*$/gm) ?? []
        expect(scripts.filter((script) => script.includes('hot-hook='))).toEqual([])
      },
    )
  })
})
