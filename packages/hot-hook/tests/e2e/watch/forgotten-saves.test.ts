import { appendFileSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { Story } from '../../harness/story.ts'

const isChokidar = process.env.HOT_HOOK_WATCHER === 'chokidar'
if (isChokidar)
  console.warn('SKIPPED: that the system has forgotten something is not told by chokidar')

it.skipIf(isChokidar)(
  'a save that the system has forgotten to tell, since too much happened at once, is not lost',
  async () => {
    const dep = (value: number) => `export const value = ${value}`
    const story = new Story({
      'server.js': "import './dep.js'\nimport.meta.hot.accept('./dep.js')\nconsole.log('started')",
      'dep.js': dep(0),
      'one.log': '',
      'other.log': '',
    })
    await story.begin()
    expect(await story.change({ 'dep.js': dep(1) })).toEqual(['* update dep.js'])
    const queue = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'))
    story.child.kill('SIGSTOP')
    // In turn: the system tells of one only once while it is the last.
    for (let event = 0; event <= queue; event++) {
      appendFileSync(story.path(event % 2 ? 'one.log' : 'other.log'), '.')
    }
    story.save('dep.js', dep(2))
    story.child.kill('SIGCONT')
    expect(await story.tell()).toEqual(['* update dep.js'])
  },
)
