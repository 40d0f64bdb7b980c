import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const isChokidar = process.env.HOT_HOOK_WATCHER === 'chokidar'

/** How many inotify watches a process holds. */
function inotifyWatches(pid: number): number {
  let count = 0
  for (const name of readdirSync(`/proc/${pid}/fdinfo`)) {
    try {
      count += readFileSync(`/proc/${pid}/fdinfo/${name}`, 'utf8').match(/^inotify /gm)?.length ?? 0
    } catch {
      // The descriptor was closed meanwhile.
    }
  }
  return count
}

describe.each(nodeMajors)('workers on Node %s', (node) => {
  it('reloads what a worker thread imports, with the main thread watching', async () => {
    const app = new App(
      {
        'server.js': `
import { Worker } from 'node:worker_threads'
const worker = new Worker(new URL('./worker.js', import.meta.url))
worker.on('message', (text) => console.log('worker says ' + text))
process.stdin.on('data', () => worker.postMessage('ask'))
`,
        'worker.js': `
import { parentPort } from 'node:worker_threads'
import './accepting.js'
parentPort.on('message', async () => parentPort.postMessage((await import('./job.js')).default))
parentPort.postMessage('ready')
`,
        'accepting.js': "import.meta.hot.accept(); console.log('accepting 1')",
        'job.js': "export default 'job 1'",
      },
      { node },
    ).start()
    await app.output('worker says ready')
    app.child.stdin?.write('?\n')
    await app.output('worker says job 1')
    app.save('job.js', "export default 'job 2'")
    app.child.stdin?.write('?\n')
    await app.output('worker says job 2')
    app.save('accepting.js', "import.meta.hot.accept(); console.log('accepting 2')")
    await app.output('accepting 2')
  })

  it('misses no save that a worker thread has missed, of a file that is watched already', async () => {
    const app = new App(
      {
        'server.js': `
import { Worker } from 'node:worker_threads'
setTimeout(() => setTimeout(async () => {
  console.log('main has ' + (await import('./shared.js')).default)
  process.stdin.once('data', () => new Worker(new URL('./worker.js', import.meta.url)))
}))
setInterval(() => {}, 2 ** 30)
`,
        // Saved before the main thread knows that a worker thread has read it.
        'worker.js': `
import { writeFileSync } from 'node:fs'
import shared from './shared.js'
import.meta.hot.accept('./shared.js', () => console.log('worker accepts ' + shared))
writeFileSync(new URL('./shared.js', import.meta.url), "export default 'two'")
setInterval(() => {}, 2 ** 30)
`,
        'shared.js': "export default 'one'",
      },
      { node },
    ).start()
    await app.output('main has one')
    app.child.stdin?.write('?\n')
    await app.output('worker accepts two')
  })

  it('restarts the process when a worker thread asks for a full reload', async () => {
    const app = new App(
      {
        'server.js': `
import { Worker } from 'node:worker_threads'
console.log('pid ' + process.pid)
new Worker(new URL('./worker.js', import.meta.url))
`,
        'worker.js':
          "import { name } from './name.js'; console.log('hello ' + name); setInterval(() => {}, 1000)",
        'name.js': "export const name = 'one'",
      },
      { node },
    ).start()
    await app.output('hello one')
    app.save('name.js', "export const name = 'two'")
    await app.output('hello two')
    expect(app.stdout.match(/pid \d+/g)).toEqual([`pid ${app.child.pid}`, `pid ${app.child.pid}`])
    expect(app.stderr).toContain('name.js changed: full reload, name.js → worker.js (entry)')
  })

  it('stops watching for a worker thread that has ended', async ({ skip }) => {
    skip(isChokidar, 'chokidar keeps the watch of a directory whose files are no longer watched')
    const app = new App(
      {
        'server.js': `
import { Worker } from 'node:worker_threads'
const worker = new Worker(new URL('./jobs/worker.js', import.meta.url))
worker.on('exit', () => console.log('worker ended'))
process.stdin.on('data', () => worker.terminate())
`,
        'jobs/worker.js': "console.log('working'); setInterval(() => {}, 1000)",
      },
      { node },
    ).start()
    await app.output('working')
    const pid = app.child.pid as number
    await app.until('a watch on jobs', () => inotifyWatches(pid) >= 2)
    const before = inotifyWatches(pid)
    app.child.stdin?.write('stop\n')
    await app.output('worker ended')
    await app.until('one watch less', () => inotifyWatches(pid) === before - 1)
  })

  it('answers from all four workers of a cluster with the new code, with one watcher', async () => {
    const app = new App(
      {
        'server.js': `
import cluster from 'node:cluster'
import http from 'node:http'
if (cluster.isPrimary) {
  for (let count = 0; count < 4; count++) cluster.fork()
  let listening = 0
  cluster.on('listening', (worker, address) => {
    if (++listening === 4) {
      console.log('pids ' + Object.values(cluster.workers).map((each) => each.process.pid).join(' '))
      console.log('listening on ' + address.port)
    }
  })
} else {
  import.meta.hot.on('update', () => {})
  http.createServer(async (request, response) => {
    const { default: name } = await import('./name.js')
    response.setHeader('connection', 'close')
    response.end(cluster.worker.id + ' ' + name)
  }).listen(0, '127.0.0.1')
}
`,
        'name.js': "import.meta.hot.accept(() => console.log('updated')); export default 'one'",
      },
      { node },
    ).start()
    const answers = async (name: string) => {
      const seen = new Set<string>()
      await app.until(`four workers with ${name}`, async () => {
        const body = await app.get()
        if (body.endsWith(name)) seen.add(body)
        return seen.size === 4
      })
    }
    await answers('one')
    const pids = (await app.output(/pids [\d ]+/)).slice(5).split(' ').map(Number)
    await app.until('the watch', () => inotifyWatches(app.child.pid as number) > 0)
    expect(pids.map(inotifyWatches)).toEqual([0, 0, 0, 0])
    app.save('name.js', "import.meta.hot.accept(); export default 'two'")
    // Nobody asks: the primary's watcher tells all four.
    await app.until('four updates', () => app.stdout.match(/^updated$/gm)?.length === 4)
    await answers('two')
    expect(pids.map(inotifyWatches)).toEqual([0, 0, 0, 0])
  })
})
