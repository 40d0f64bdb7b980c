import { expect, it } from 'vitest'
import { invalidated, load, started } from '../../harness/waiting-program.ts'

it('what is saved together with a reload file is not lost where the manager does not restart', async () => {
  const app = await started({ '.env': 'A=0' })
  for (const value of [1, 2, 3]) {
    // The process sees all of it at once.
    app.child.kill('SIGSTOP')
    app.save('.env', `A=${value}`)
    app.save('model.js', `export const value = ${value}`)
    app.child.kill('SIGCONT')
    await invalidated(app, value)
    await app.until(
      `full reload ${value}`,
      () => app.messages.filter(({ type }) => type === 'hot-hook:full-reload').length >= value,
    )
    await load(app, value)
  }
  expect(app.child.exitCode).toBe(null)
})
