import { expect, test } from 'vitest'
import { Session } from './support/session.ts'
import { until } from './support/until.ts'

const saves = 60

/** Each version keeps a megabyte. */
const app = (
  version: number,
) => `export const rows = Array.from({ length: 32_000 }, (_, id) => ({ id }))
export default (_, response) => response.end('${version} ' + process.pid)`

const entry = `import http from 'node:http'
const server = http.createServer(async (request, response) => {
  const { default: app } = await import('./app.js')
  app(request, response)
})
server.listen(Number(process.env.PORT), () => console.log('up ' + process.pid))`

test('edits that fill a small heap restart the process in time: no crash, no answer of an old version', async () => {
  await using session = new Session({ 'server.js': entry, 'app.js': app(0) })
  await session.run(['--max-old-space-size=40', 'server.js'])
  await session.see('up')
  const pids = new Set<string>()
  const stale: string[] = []
  for (let version = 1; version <= saves; version++) {
    session.project.save('app.js', app(version))
    // Nobody may listen for a moment, while a process goes and the next one comes.
    const answer = await until(`an answer to save ${version}`, () =>
      session.get().catch(() => undefined),
    )
    const [answered, pid = ''] = answer.split(' ')
    if (answered !== String(version)) stale.push(`${version}: ${answer}`)
    pids.add(pid)
  }
  expect(stale).toEqual([])
  expect(pids.size).toBeGreaterThan(1)
  expect(session.output).toContain('which Node.js never frees')
  expect(session.output).not.toContain('heap out of memory')
})
