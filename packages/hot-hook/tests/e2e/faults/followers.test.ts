import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** What a thread or a cluster worker runs: it dies where the version of job.js says so. */
const worker = `const parent = process.send ? process : (await import('node:worker_threads')).parentPort
const say = (message) => process.send ? process.send(message) : parent.postMessage(message)
parent.on('message', async () => say((await import('./job.js')).value))
parent.ref?.()
say('ready')`

const job = (value: number, more = '') => `${more}\nexport const value = ${value}`

/** Ways to die in the middle of an update, each of which a job.js leads to. */
const deaths = {
  'while its new version starts': (value: number) => job(value, 'process.exit(1)'),
  'while its new version is waited for': (value: number) =>
    job(value, 'setTimeout(() => process.exit(1))\nawait new Promise(() => {})'),
  'in a dispose handler': (value: number) =>
    job(value, 'import.meta.hot.dispose(() => process.exit(1))'),
}

/** Starts workers one after the other, and asks the one that lives. */
const ofThreads = `import { Worker } from 'node:worker_threads'
const start = () => new Worker(new URL('./worker.js', import.meta.url))
const ask = (worker) => worker.postMessage('ask')
const garbage = () => {
  const channel = new BroadcastChannel('hot-hook')
  for (const message of [null, 7, {}, { from: 1 }, { from: 9, message: null }, { message: [] }]) {
    channel.postMessage(message)
  }
  channel.close()
}`
const ofCluster = `import cluster from 'node:cluster'
cluster.setupPrimary({ exec: new URL('./worker.js', import.meta.url).pathname })
const start = () => cluster.fork()
const ask = (worker) => worker.send('ask')
const garbage = () => {}`

const server = (kind: string) => `import http from 'node:http'
${kind}
let worker
let asked
const renew = () => new Promise((resolve) => {
  const next = start()
  next.once('exit', () => { console.log('died'); asked?.('died'); worker = undefined })
  next.on('error', () => {})
  next.on('message', (message) => {
    if (message === 'ready') { worker = next; garbage(); resolve() } else if (typeof message === 'number') asked?.(String(message))
  })
})
const server = http.createServer(async (_, response) => {
  if (!worker) await renew()
  const answer = new Promise((resolve) => { asked = resolve })
  ask(worker)
  response.end(await answer)
})
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`

describe.each(nodeMajors)('on Node %s', (node) => {
  it.each([
    ['thread', ofThreads],
    ['cluster worker', ofCluster],
  ])(
    'a %s that dies in the middle of an update leaves the others and the next one hot',
    async (_, kind) => {
      const app = new App(
        { 'server.js': server(kind), 'worker.js': worker, 'job.js': job(0) },
        { node },
      ).start()
      expect(await app.get()).toBe('0')
      // One that dies after its answer is not asked any more.
      const died = () => app.stdout.match(/^died$/gm)?.length ?? 0
      let value = 0
      for (const [when, deadly] of Object.entries(deaths)) {
        const before = died()
        value++
        app.save('job.js', deadly(value))
        await app.until(`death ${when}`, async () => {
          // Some die when they are replaced, not when they come.
          const answer = await app.get()
          if (answer === String(value)) app.save('job.js', job(value, '// replaces it'))
          return died() > before
        })
        for (const _ of [1, 2, 3]) {
          value++
          app.save('job.js', job(value))
          await app.until(`answer ${value}`, async () => (await app.get()) === String(value))
        }
      }
      expect(app.stderr).not.toMatch(/HOT_HOOK_INTERNAL|TypeError/)
    },
  )
})
