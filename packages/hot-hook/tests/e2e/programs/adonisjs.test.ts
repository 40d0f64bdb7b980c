import { describe, expect, it } from 'vitest'
import { adonisApp, controller, routes, service } from '../../harness/adonis-app.ts'
import type { App } from '../../harness/app.ts'
import { nodeMajors } from '../../harness/nodes.ts'

/** The body of an answer, once the server is there. */
async function answer(app: App): Promise<string> {
  const line = await app.output(/Server address: http:\/\/127\.0\.0\.1:\d+/)
  const { body } = await app.request('/', Number(line.split(':').at(-1)))
  return body
}

function processes(app: App): Set<string | undefined> {
  return new Set([...app.stdout.matchAll(/process (\d+)/g)].map(([, pid]) => pid))
}

// The dev server is @adonisjs/assembler 7 under AdonisJS 6, and 8 under 7.
describe.each([6, 7] as const)('AdonisJS %s under node ace serve --hmr', (major) => {
  it.each(nodeMajors)('on Node %s: hot saves, and a full reload where it must be', async (node) => {
    const app = await adonisApp(major, node)
    expect(await answer(app)).toBe('0 0')
    for (const version of ['1', '2', '3']) {
      app.save('app/services/tags.ts', service(version))
      await app.until(`service ${version}`, async () => (await answer(app)) === `0 ${version}`)
    }
    for (const version of ['1', '2', '3']) {
      app.save('app/controllers/pages_controller.ts', controller(version))
      await app.until(`controller ${version}`, async () => (await answer(app)) === `${version} 3`)
    }
    expect(processes(app).size).toBe(1)
    await app.output('invalidated')
    for (const version of ['1', '2', '3']) {
      app.save('start/routes.ts', routes(version))
      await app.output(`routes ${version}, process`)
      await app.until(`start ${version}`, () => answer(app).catch(() => undefined))
      expect(await answer(app)).toBe('3 3')
    }
    expect(processes(app).size).toBe(4)
    expect(app.stderr).not.toMatch(/TypeError|ERR_INVALID_ARG_TYPE/)
  })
})
