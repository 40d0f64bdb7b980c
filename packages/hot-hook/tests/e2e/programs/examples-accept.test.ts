import { describe, expect, it } from 'vitest'
import { Example } from '../../harness/example.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** Saves a file of the example with one text in place of another, and waits for the update. */
async function edit(app: Example, path: string, from: string, to: string): Promise<void> {
  await updated(app, path, () => app.edit(path, from, to))
}

async function updated(app: Example, path: string, save: () => void): Promise<void> {
  const before = app.stderr.length
  save()
  await app.until(`update of ${path}`, () => app.stderr.slice(before).includes(`${path} changed`))
}

describe.each(nodeMajors)('the examples on Node %s', (node) => {
  it('express-accept: a route changes, server and connections stay', async () => {
    const app = new Example('express-accept', 'dev', { node }).start()
    expect(await app.get()).toBe('Welcome')
    expect(await app.get('/users')).toBe('["Ada","Grace"]')
    await edit(app, 'routes/users.js', "'Grace'", "'Grace', 'Edsger'")
    expect(await app.get('/users')).toBe('["Ada","Grace","Edsger"]')
    await edit(app, 'app.js', 'Welcome', 'Hello')
    expect(await app.get()).toBe('Hello')
    expect(await app.get('/users')).toBe('["Ada","Grace","Edsger"]')
    // A save that does not compile leaves what was there.
    app.save('app.js', 'const app = (')
    await app.output('app.js could not be loaded; the old program runs on')
    expect(await app.get()).toBe('Hello')
    expect(app.stdout.match(/listening/g)).toHaveLength(1)
  })

  it('sqlite-handover: connection and server are handed on, and closed when they are done', async () => {
    const app = new Example('sqlite-handover', 'dev', { node }).start()
    expect(await app.get('/?add=first')).toBe('notes: first')
    await edit(app, 'notes.js', 'notes: $', 'NOTES: $')
    expect(await app.get('/?add=second')).toBe('NOTES: first, second')
    await edit(app, 'database.js', '/** The', '/** THE')
    expect(await app.get()).toBe('NOTES: first, second')
    await edit(app, 'server.js', 'const hot =', '// changed\nconst hot =')
    expect(await app.get()).toBe('NOTES: first, second')
    expect(app.stdout.match(/listening/g)).toHaveLength(1)
    const without = 'export const handle = (_, response) => response.end("no notes")'
    await updated(app, 'notes.js', () => app.save('notes.js', without))
    expect(await app.get()).toBe('no notes')
    await app.output('database closed')
  })

  it('background-job: the old job ends before the new one begins', async () => {
    const app = new Example('background-job', 'dev', { node }).start()
    await app.output('all is well')
    await edit(app, 'report.js', 'all is well', 'all is fine')
    await app.output('all is fine')
    await edit(app, 'job.js', "'begin'", "'BEGIN'")
    await app.output('BEGIN\nall is fine')
    const runs = app.stdout.replace('started\n', '').split('stopped\n')
    expect(runs).toHaveLength(3)
    expect(runs[0]).toMatch(/^(begin\nall is well\n)+$/)
    expect(runs[1]).toMatch(/^(begin\nall is fine\n)*$/)
    expect(runs[2]).toMatch(/^(BEGIN\nall is fine\n)+(BEGIN\n)?$/)
  })
})

describe('the examples without Hot Hook', () => {
  it.each([
    ['express-accept', /listening on \d+/],
    ['sqlite-handover', /listening on \d+/],
    ['background-job', /all is well/],
  ])('%s runs as it is', async (name, expected) => {
    await new Example(name, 'start').start().output(expected)
  })
})
