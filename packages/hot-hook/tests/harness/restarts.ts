import type { App } from './app.ts'

/** The ports of an application that listens on another one after each restart, one for each start. */
export function ports(app: App): number[] {
  return [...app.stdout.matchAll(/listening on (\d+)/g)].map(([, port]) => Number(port))
}

/** What the latest start answers. */
export async function latestAnswer(app: App): Promise<string> {
  const { body } = await app.request('/', ports(app).at(-1))
  return body
}
