import { expect, test } from 'vitest'
import { followed } from './support/followed.ts'

const server = `import http from 'node:http'
import { config } from './config.js'
const server = http.createServer(async (request, response) => {
  const { default: text } = await import('./app.js').catch((error) => ({ default: String(error) }))
  response.end(text + config)
})
server.listen(0, '127.0.0.1', () => { globalThis.port = server.address().port })`

const files = {
  'server.js': server,
  'config.js': 'export const config = 1',
  'app.js': "export { text as default } from './text.js'",
  'text.js': "export const text = 'one'",
}

test('everything that happens has a record, with the names and fields of what a program gives itself', async () => {
  const { runner, project, records, next } = await followed(files)
  const path = (name: string) => project.path(name)
  const { pid } = await next('start')
  expect(pid).toBe(runner.pid)
  const { port, address } = await next('listening')
  const get = () => fetch(`http://${address}:${port}/`).then((response) => response.text())
  expect(await next('hot')).toMatchObject({ text: expect.stringMatching(/^2 files/) })
  expect(await get()).toBe('one1')

  project.save('text.js', "export const text = 'two'")
  expect(await get()).toBe('two1')
  const changed = { files: [path('text.js')], modules: [path('text.js'), path('app.js')] }
  expect(await next('invalidate')).toEqual({
    event: 'invalidate',
    time: expect.any(Number),
    ...changed,
    boundaries: [path('app.js')],
  })
  expect(await next('update')).toEqual({
    event: 'update',
    time: expect.any(Number),
    files: changed.files,
    modules: changed.modules.toReversed(),
    boundaries: [path('app.js')],
    durationMs: expect.any(Number),
  })

  project.save('text.js', 'export const text =')
  expect(await get()).toContain('SyntaxError')
  expect(await next('error')).toMatchObject({
    file: path('text.js'),
    phase: 'load',
    message: expect.stringMatching(/^SyntaxError: /),
    location: { file: path('text.js'), line: 1, column: 20 },
    frame: expect.stringContaining('> 1 | export const text ='),
  })
  project.save('text.js', "export const text = 'three'")

  project.save('config.js', 'export const config = 2')
  expect(await next('full-reload')).toEqual({
    event: 'full-reload',
    time: expect.any(Number),
    file: path('config.js'),
    chain: [path('config.js'), path('server.js')],
    reason: 'it is the entry',
    advice: expect.stringContaining('config.js'),
  })
  expect(await next('restart')).toMatchObject({ kind: 'full-reload', file: path('config.js') })
  expect(await next('start')).toMatchObject({ count: 2 })
  await next('listening')

  project.save('config.js', "export const config = 3\nthrow new RangeError('too far')")
  expect(await next('crash')).toMatchObject({
    code: 1,
    signal: null,
    oldServes: false,
    waits: true,
    message: 'RangeError: too far',
    location: { file: path('config.js'), line: 2, column: 7 },
    frame: expect.stringContaining("> 2 | throw new RangeError('too far')"),
  })
  project.save('config.js', 'export const config = 4')
  expect(await next('restart')).toMatchObject({ kind: 'save', file: path('config.js') })
  await next('listening')
  runner.restart('enough')
  expect(await next('restart')).toMatchObject({ kind: 'asked', text: 'enough' })
  await next('listening')
  await runner.stop()
  expect(await next('exit')).toMatchObject({ code: null, signal: 'SIGTERM' })
  expect(JSON.parse(JSON.stringify(records))).toEqual(records)
})

test('a follower that has ended is told nothing more; a runner without any runs on over an error', async () => {
  const { runner, project, records, next, end } = await followed({
    'server.js': `import('./app.js').catch(() => {})
setInterval(() => import('./app.js').catch(() => {}), 20)`,
    'app.js': '',
  })
  await next('hot')
  end()
  const { length } = records
  project.save('app.js', 'throw 1')
  const failed = new Promise((resolve) => runner.once('invalidate', resolve))
  await failed
  project.save('app.js', '')
  await new Promise((resolve) => runner.once('update', resolve))
  expect(records).toHaveLength(length)
  expect(runner.eventNames().filter((name) => runner.listenerCount(name) > 0)).toEqual([])
})

test('a program is asked for its graph and what saves would do, several questions at a time', async () => {
  const { runner, project, next } = await followed(files)
  await next('hot')
  const [dump, all, one] = await Promise.all([
    runner.dump(),
    runner.explain(),
    runner.explain([project.path('config.js')]),
  ])
  expect(dump?.rootDirectory).toBe(project.directory)
  expect(dump?.files.map(({ file, kind }) => [file, kind])).toEqual([
    [project.path('server.js'), 'entry'],
    [project.path('config.js'), 'module'],
  ])
  expect(all?.map(({ file }) => file)).toEqual([
    project.path('server.js'),
    project.path('config.js'),
  ])
  expect(one).toMatchObject([{ file: project.path('config.js'), outcome: 'full-reload' }])
})

test('a program that is down is not asked', async () => {
  const { runner, next } = await followed({ 'server.js': 'process.exit(1)' })
  await next('crash')
  expect(await runner.dump()).toBeUndefined()
  expect(await runner.explain()).toBeUndefined()
})
