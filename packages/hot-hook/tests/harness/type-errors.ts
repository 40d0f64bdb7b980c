import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { App } from './app.ts'
import { nodeBinary } from './nodes.ts'

const compiler = fileURLToPath(
  new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url),
)

/** What TypeScript says about an application; nothing when it is content. */
export function typeErrors(
  files: Record<string, string>,
  compilerOptions: object = {},
  packagesFrom?: string,
): string {
  const options = {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    types: [],
    ...compilerOptions,
  }
  const manifest = JSON.stringify({ compilerOptions: options, include: ['*'] })
  const app = new App(
    { ...files, 'tsconfig.json': manifest },
    packagesFrom === undefined ? {} : { packagesFrom },
  )
  const result = spawnSync(nodeBinary('24'), [compiler, '-p', app.directory, '--pretty', 'false'], {
    cwd: app.directory,
    encoding: 'utf8',
  })
  return result.stdout + result.stderr
}
