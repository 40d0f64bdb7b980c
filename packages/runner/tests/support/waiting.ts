import type { Session } from './session.ts'

/** The runner's settings for a session that follows its standby. */
export const followed = { env: { NODE_DEBUG: 'hot-hook' } }

/** The process that waits, and how many packages it has loaded. */
export async function waiting(session: Session): Promise<{ pid: string; packages: number }> {
  const [, pid = '', packages] = await session.see(
    /standby: process (\d+) waits, (\d+) packages loaded/,
  )
  return { pid, packages: Number(packages) }
}

/** The files of a package with this main module. */
export function packageFiles(name: string, source: string, type = 'module') {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, type, main: 'index.js' }),
    [`node_modules/${name}/index.js`]: source,
  }
}
