import { once } from 'node:events'
import { watch } from 'chokidar'
import { expect, test } from 'vitest'
import { followed } from './support/followed.ts'
import { server } from './support/project.ts'
import { Session } from './support/session.ts'

const parts = (value: number) => ({
  'a.js': `export const a = ${value}`,
  'b.js': `export const b = ${value}`,
})
const files = {
  'server.js': `import http from 'node:http'
import './config.js'
const server = http.createServer(async (_, response) => {
  response.end((await import('./app.js')).default)
})
server.listen(0, '127.0.0.1')`,
  'config.js': '',
  'app.js': "import { a } from './a.js'; import { b } from './b.js'; export default a + ' ' + b",
  ...parts(1),
}

async function listening() {
  const session = await followed(files)
  const { address, port } = await session.next('listening')
  await session.next('hot')
  const get = () => fetch(`http://${address}:${port}/`).then((response) => response.text())
  const saveAll = (saved: Record<string, string>) => {
    for (const [name, text] of Object.entries(saved)) session.project.save(name, text)
  }
  return { ...session, get, saveAll }
}

test('what is saved in a pause waits, also for an import(), and is one change afterwards', async () => {
  const { runner, project, records, next, get, saveAll } = await listening()
  expect(await get()).toBe('1 1')
  runner.pause()
  expect(runner.paused).toBe(true)
  await next('pause')
  // The process has heard of the pause when it answers.
  await runner.explain([])
  for (const value of [2, 3]) {
    saveAll(parts(value))
    await runner.settle()
    expect(await get()).toBe('1 1')
  }
  runner.resume()
  expect(await next('pause')).toMatchObject({ paused: false })
  expect((await next('invalidate')).files.toSorted()).toEqual([
    project.path('a.js'),
    project.path('b.js'),
  ])
  expect(await get()).toBe('3 3')
  await next('update')
  const seen = records.map(({ event }) => event).filter((event) => /update|invalidate/.test(event))
  expect(seen).toEqual(['invalidate', 'update'])
})

test('a full reload that is due in a pause is one restart afterwards', async () => {
  const { runner, records, next, saveAll } = await listening()
  runner.pause()
  await runner.explain([])
  saveAll({ 'config.js': '// one' })
  await runner.settle()
  saveAll({ 'config.js': '// two', '.env': 'A=1' })
  await runner.settle()
  expect(records.filter(({ event }) => event === 'restart')).toEqual([])
  runner.resume()
  await next('restart')
  await next('listening')
  expect(records.filter(({ event }) => event === 'start')).toHaveLength(2)
})

test('a restart in a pause has everything, and what is saved after it waits again', async () => {
  const { runner, project, records, next, saveAll } = await listening()
  runner.pause()
  await runner.explain([])
  saveAll({ 'config.js': '// one' })
  await runner.settle()
  runner.restart()
  await next('start')
  const { address, port } = await next('listening')
  const get = () => fetch(`http://${address}:${port}/`).then((response) => response.text())
  expect(await get()).toBe('1 1')
  saveAll(parts(2))
  await runner.settle()
  expect(await get()).toBe('1 1')
  runner.resume()
  await next('invalidate')
  expect(await get()).toBe('2 2')
  expect(records.filter(({ event }) => event === 'restart')).toHaveLength(1)
  project.save('config.js', '// two')
  await next('restart')
})

test('a script that is down stays down in a pause', async () => {
  const { runner, project, records, next } = await followed({ 'server.js': 'process.exit(1)' })
  await next('crash')
  runner.pause()
  const watcher = watch(project.directory)
  await once(watcher, 'ready')
  // As the runner watches: by the last of these it has seen the first, and would have started it.
  for (const version of ['one', 'two', 'three', 'four', 'five']) {
    const seen = once(watcher, 'change')
    project.save('server.js', server(version).replace('Number(process.env.PORT)', '0'))
    await seen
  }
  await watcher.close()
  expect(records.filter(({ event }) => event === 'restart')).toEqual([])
  runner.resume()
  expect(await next('restart')).toMatchObject({ kind: 'save', file: project.path('server.js') })
  await next('listening')
  expect(records.filter(({ event }) => event === 'start')).toHaveLength(2)
})

test('a worker thread waits as well', async () => {
  const { runner, project, next } = await followed({
    'server.js': `import { Worker } from 'node:worker_threads'
const worker = new Worker(new URL('./worker.js', import.meta.url))
worker.on('message', (text) => process.send({ text }))
process.on('message', (text) => { if (text === 'ask') worker.postMessage(text) })`,
    'worker.js': `import { parentPort } from 'node:worker_threads'
setTimeout(() => setTimeout(() => parentPort.postMessage('ready'), 50), 50)
parentPort.on('message', async () => parentPort.postMessage((await import('./job.js')).default))`,
    'job.js': "export default 'one'",
  })
  const said = () => new Promise((resolve) => runner.once('message', resolve))
  const ask = () => {
    const answer = said()
    runner.send('ask')
    return answer
  }
  await Promise.all([next('hot'), said()])
  expect(await ask()).toEqual({ text: 'one' })
  expect(await ask()).toEqual({ text: 'one' })
  // A thread hears of it on a channel of its own: at the latest before its second answer.
  const heard = async () => {
    await runner.settle()
    await ask()
  }
  runner.pause()
  await heard()
  project.save('job.js', "export default 'two'")
  expect(await ask()).toEqual({ text: 'one' })
  runner.resume()
  await heard()
  expect(await ask()).toEqual({ text: 'two' })
})

test('the key p pauses and goes on', async () => {
  await using session = new Session({
    'server.js': server('one', "import './config.js'"),
    'config.js': '',
  })
  await session.runOnTerminal(['server.js'])
  await session.see('up one')
  session.type('p')
  await session.see('paused: what is saved waits for the next p')
  session.project.save('config.js', '// saved')
  session.type('p')
  await session.see('goes on')
  await session.see(/full reload: .*config\.js/)
  await session.see('up one')
})
