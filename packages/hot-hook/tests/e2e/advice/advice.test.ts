import { describe, expect, it } from 'vitest'
import { adviceFor, applyAdvice, expectHot } from '../../harness/advice.ts'
import { type Form, forms, listen, types } from '../../harness/advice-forms.ts'
import { generalForms } from '../../harness/advice-general-forms.ts'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

describe.each(nodeMajors)('the advice of a full reload on Node %s', (node) => {
  it.each(Object.entries(forms))('makes it hot: %s', async (_, form) => {
    const { files, importer = 'server.js', saved = 'app.js', first, options } = form
    const given = { node, hasParent: true, ...options }
    const advice = await adviceFor(form, given)
    expect(advice.split('\n')[0]).toBe(first)
    const applied = applyAdvice(files[importer] as string, advice)
    await expectHot({ ...files, [importer]: applied }, saved, given)
  })

  it.each(Object.entries(generalForms))('is right in general: %s', async (_, form) => {
    const { files, saved = 'app.js', advice, applied, options } = form
    const given = { node, hasParent: true, ...options }
    expect((await adviceFor(form, given)).split('\n')).toEqual(advice)
    await expectHot({ ...files, ...applied }, saved, given)
  })
})

const http = forms['createServer(app)'] as Form

it.each([
  ['nowhere', {}, true],
  ['in tsconfig.json', { 'tsconfig.json': '{ "types": ["hot-hook/import-meta"] }' }, false],
  ['in env.d.ts', { 'env.d.ts': '/// <reference types="hot-hook/import-meta" />' }, false],
  ['in another one', { 'tsconfig.json': '{}', 'env.d.ts': '' }, true],
])(
  'names the types that TypeScript needs when they are referred to %s',
  async (_, more, isTold) => {
    const { files, ...form } = forms['createServer(app) in TypeScript'] as Form
    const options = { ...form.options, hasParent: true }
    const advice = await adviceFor({ ...form, files: { ...files, ...more } }, options)
    expect(advice.split('\n').includes(types)).toBe(isTold)
  },
)

it('names no types where the file itself refers to them, nor in JavaScript', async () => {
  const { files, ...form } = forms['createServer(app) in TypeScript'] as Form
  const reference = '/// <reference types="hot-hook/import-meta" />'
  const server = (files['server.ts'] as string).replace('\n', `\n${reference}\n`)
  const typed = { ...form, files: { ...files, 'server.ts': server } }
  const options = { hasParent: true }
  expect(await adviceFor(typed, { ...form.options, ...options })).not.toContain('types')
  expect(await adviceFor(forms['createServer(app)'] as Form, options)).not.toContain('types')
})

it('says of the entry itself how it is divided, unless what it starts is hot already', async () => {
  const app = new App(
    {
      'server.js': `import http from 'node:http'
import app from './app.js'
const server = http.createServer((...args) => app(...args))
server.${listen}
`,
      'app.js': "export default (request, response) => response.end('one')",
    },
    { hasParent: true },
  ).start()
  await app.until('one', async () => (await app.get()) === 'one')
  const path = app.path('server.js')
  app.save('server.js', '// saved')
  expect(await app.message('hot-hook:full-reload')).toMatchObject({
    path,
    advice: expect.stringMatching(/^server\.js is the entry/),
  })
  app.save('server.js', "import.meta.hot?.accept('./app.js')")
  const isReload = ({ type }: { type: string }) => type === 'hot-hook:full-reload'
  await app.until('another one', () => app.messages.filter(isReload).length === 2)
  expect(app.messages.filter(isReload)[1]).not.toHaveProperty('advice')
  await app.dispose()

  const hot = new App(
    {
      'server.js': `import http from 'node:http'
import app from './app.js'
import.meta.hot?.accept('./app.js')
const server = http.createServer((...args) => app(...args))
server.${listen}
`,
      'app.js': "export default (request, response) => response.end('one')",
    },
    { hasParent: true },
  ).start()
  await hot.until('one', async () => (await hot.get()) === 'one')
  hot.save('server.js', '// saved')
  expect(await hot.message('hot-hook:full-reload')).not.toHaveProperty('advice')
})

it('is said once for the same two modules, also after restarts in place', async () => {
  const server = `console.log('advised', process.env.HOT_HOOK_ADVISED)\n${http.files['server.js']}`
  const app = new App({ ...http.files, 'server.js': server }).start()
  await app.get()
  for (const [index, text] of ['two', 'three', 'four'].entries()) {
    app.save('app.js', (http.files['app.js'] as string).replace('one', text))
    await app.until(text, () => app.stdout.match(/listening/g)?.length === index + 2)
  }
  const line = '[hot-hook] app.js changed: full reload, app.js → server.js (entry)'
  expect(app.stderr.split('\n')).toEqual([
    line,
    '  app.js is imported by server.js. It is hot with these lines in server.js:',
    '    line 5: const server = http.createServer((...args) => app(...args))',
    "    below line 3: import.meta.hot?.accept('./app.js')",
    '  hot-runner doctor shows the whole picture',
    line,
    line,
    '',
  ])
  expect(app.stdout.match(/advised .*/g)).toEqual(Array(4).fill('advised undefined'))
})

it('is in the event and in hot.explain(), where there is one', async () => {
  const app = new App(
    {
      ...http.files,
      'server.js': `import { hot } from 'hot-hook'
hot.on('full-reload', ({ advice }) => console.log('event', JSON.stringify(advice)))
${http.files['server.js']}
for (const file of ['app.js', 'server.js', '.env', 'wrong.js']) {
  console.log('explain', JSON.stringify(hot.explain(file).advice?.split('\\n')[0]))
}`,
    },
    { hasParent: true },
  ).start()
  await app.get()
  app.save('app.js', '// 2')
  await app.output(/^event .*/m)
  const text = 'app.js is imported by server.js. It is hot with these lines in server.js:'
  expect(app.stdout.match(/^explain .*/gm)).toEqual([
    `explain "${text}"`,
    'explain "server.js is the entry, which starts everything and is not hot itself:"',
    'explain undefined',
    'explain undefined',
  ])
  expect(app.stdout).toContain(`event "${text}\\n`)
  app.save('.env', 'A=1')
  await app.output('event undefined')
})
