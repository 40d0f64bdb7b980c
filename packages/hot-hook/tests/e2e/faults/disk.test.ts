import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { App, type AppOptions, hasOrdinaryUser } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { latestAnswer, ports } from '../../harness/restarts.ts'

const files = {
  'server.js': `import http from 'node:http'
    import './once.js'
    const server = http.createServer(async (_, response) =>
      response.end((await import('./app.js')).text))
    server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))`,
  'once.js': '',
  cached: 'no directory',
}
/** Enough code for a cache entry that a full disk cannot hold. */
const functions = Array.from(
  { length: 400 },
  (_, at) => `export function f${at}() { return ${at} }`,
)
const app = (value: number) => `${functions.join('\n')}\nexport const text = '${value}'`

/** A disk of 8 KB, in namespaces of its own. */
const onSmallDisk = `exec unshare -Urm /bin/sh -c 'mkdir small && mount -t tmpfs -o size=8k none small && exec "$@"' sh "$@"`

interface Case {
  fault: string
  options: AppOptions
}

const cases: Case[] = [
  { fault: 'a full disk', options: { shell: onSmallDisk, env: { NODE_COMPILE_CACHE: 'small' } } },
  {
    fault: 'a file in the place of its directory',
    options: { env: { NODE_COMPILE_CACHE: 'cached' } },
  },
  {
    fault: 'no directory for temporary files',
    options: { env: { TMPDIR: '/nowhere', TEMP: '/nowhere', TMP: '/nowhere' } },
  },
  {
    fault: 'a directory that nobody may write to',
    options: { isOrdinaryUser: true, env: { NODE_COMPILE_CACHE: 'closed/cache' } },
  },
  {
    fault: 'files that may not grow',
    options: {
      shell: `trap '' XFSZ; ulimit -f 1; exec "$@"`,
      env: { NODE_COMPILE_CACHE: 'limited' },
    },
  },
]

const isMountable =
  spawnSync('/bin/sh', ['-c', 'unshare -Urm mount -t tmpfs none /mnt']).status === 0
if (!isMountable)
  console.warn('!!! NOT RUN: a full disk, since this user cannot mount one (unshare -Urm)')

describe.skipIf(process.platform === 'win32').each(nodeMajors)('on Node %s', (node) => {
  const possible = cases
    .filter(({ options }) => isMountable || options.shell !== onSmallDisk)
    .filter(({ options }) => hasOrdinaryUser || !options.isOrdinaryUser)
  it.each(possible)(
    '$fault for the compile cache ends nothing and says nothing: saves and restarts go on',
    async ({ options }) => {
      const running = new App({ ...files, 'app.js': app(0) }, { node, ...options })
      mkdirSync(running.path('closed'), { mode: 0o500 })
      running.start()
      await running.port()
      expect(await latestAnswer(running)).toBe('0')
      for (const value of [1, 2, 3]) {
        running.save('app.js', app(value))
        expect(await latestAnswer(running)).toBe(String(value))
      }
      running.save('once.js', '// changed')
      await running.until('restart', () => ports(running).length === 2)
      for (const value of [4, 5]) {
        running.save('app.js', app(value))
        expect(await latestAnswer(running)).toBe(String(value))
      }
      const lines = running.stderr.split('\n').filter((line) => line.startsWith('[hot-hook]'))
      expect(lines.filter((line) => !line.includes(' changed: '))).toEqual([])
      expect(running.stderr).not.toMatch(/warning|Error/i)
    },
  )
})
