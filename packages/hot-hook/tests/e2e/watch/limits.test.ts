import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { App, AppOptions } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'
import { Story } from '../../harness/story.ts'

const model = (value: number) => `export const value = ${value}`
const files = {
  'server.js': `import { value } from './src/model.js'
    import { hot } from 'hot-hook'
    import.meta.hot.accept('./src/model.js', () => console.log('accepted', value))
    const asked = () => import('./app.js').then(({ value }) => console.log('asked', value))
    process.on('message', asked)
    console.log('started')`,
  'app.js': "export { value } from './lib/asked.js'",
  'lib/asked.js': model(0),
  'src/model.js': model(0),
  'config/a.yml': '0',
}

/** Limits of a user namespace of its own: those of the machine are nobody's to change. */
const limited = (name: string, limit: number) =>
  `exec unshare -Ur /bin/sh -c 'echo ${limit} > /proc/sys/user/${name} && exec "$@"' sh "$@"`

const limits = [
  {
    limit: 'of watches',
    options: { shell: limited('max_inotify_watches', 1) },
    line: /cannot watch .*: the system's limit of watched directories is reached \(ENOSPC\).*sudo sysctl fs\.inotify\.max_user_watches=\d+/,
  },
  {
    limit: 'of instances',
    options: { shell: limited('max_inotify_instances', 0) },
    line: /cannot watch .*: too many file watchers or open files \(EMFILE\).*sudo sysctl fs\.inotify\.max_user_instances=\d+/,
  },
] satisfies { limit: string; options: AppOptions; line: RegExp }[]

const isPossible =
  spawnSync('/bin/sh', ['-c', limited('max_inotify_watches', 9), 'sh', 'true']).status === 0

if (!isPossible) {
  console.warn(
    '!!! NOT RUN: limits of inotify, since this user can make no user namespace (unshare -Ur)',
  )
}

/** How many directories the kernel watches for a process. */
function watchesOf({ child }: App): number {
  const directory = `/proc/${child.pid}/fdinfo`
  const infos = readdirSync(directory).map((name) => {
    try {
      return readFileSync(`${directory}/${name}`, 'utf8')
    } catch {
      // It was closed in the meantime.
      return ''
    }
  })
  return infos.join('').match(/^inotify wd/gm)?.length ?? 0
}

const warnings = (app: App) => app.stderr.match(/^\[hot-hook\] warning: .*/gm) ?? []

describe.skipIf(!isPossible).each(nodeMajors)('on Node %s, beyond the limit', (node) => {
  it.each(limits)(
    '$limit: one line says what helps, and saves are found by looking',
    async ({ options, line }) => {
      const story = new Story(files, { node, ...options, hotHook: { reload: ['config/**'] } })
      await story.begin()
      for (const value of [1, 2, 3]) {
        story.save('src/model.js', model(value))
        const told = await story.tell(/^\* update src/)
        expect(told).toContain(`accepted ${value}`)
        story.saveByRename('lib/asked.js', model(value))
        story.child.send('ask')
        await story.tell(new RegExp(`^asked ${value}`))
      }
      for (const [path, value] of [
        ['config/a.yml', '1'],
        ['config/b.yml', '2'],
      ] as const) {
        story.save(path, value)
        const told = await story.tell(/full-reload/)
        expect(told.at(-1)).toBe(`* full-reload ${path} (it matches "reload")`)
      }
      expect(warnings(story)).toHaveLength(1)
      expect(warnings(story)[0]).toMatch(line)
      expect(warnings(story)[0]).toContain('it is looked at once a second')
    },
  )

  // chokidar polls from then on.
  const isChokidar = process.env.HOT_HOOK_WATCHER === 'chokidar'
  it.skipIf(isChokidar)(
    'of watches, which is raised: all is watched, and nothing is polled any more',
    async () => {
      const raise =
        'until [ -e go ]; do [ -e server.js ] && sleep 0.1 || exit; done; echo 99 > /proc/sys/user/max_inotify_watches'
      const story = new Story(files, {
        node,
        shell: limited('max_inotify_watches', 1).replace(
          'exec "$@"',
          `(${raise}) </dev/null >/dev/null 2>&1 & exec "$@"`,
        ),
      })
      await story.begin()
      await story.output('it is looked at once a second')
      expect(watchesOf(story)).toBe(1)
      story.save('go', '')
      await story.until('watches', () => watchesOf(story) > 1)
      story.save('src/model.js', model(1))
      expect(await story.tell()).toEqual(['accepted 1', '* update src/model.js'])
    },
  )
})
