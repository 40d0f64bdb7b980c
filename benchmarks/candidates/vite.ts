import { join } from 'node:path'
import { entrySource } from '../programs/entry-source.ts'
import { writeProgramFile } from '../programs/program.ts'
import type { Candidate, Style } from './candidate.ts'
import { linkPackage, packageVersion, writeEntry } from './set-up.ts'

/** Vite's middleware mode with its module runner, as its SSR and environment guides set it up. */
const serverSetup = `import { createServer, createServerModuleRunner } from 'vite'
const vite = await createServer({
  root: import.meta.dirname,
  appType: 'custom',
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, ws: false },
  optimizeDeps: { noDiscovery: true },
})
const runner = createServerModuleRunner(vite.environments.ssr)
`

function launcher(style: Style, language: string): string {
  if (style !== 'boundary') return `${serverSetup}await runner.import('/server.${language}')\n`
  return entrySource({
    language: 'js',
    imports: serverSetup,
    app: `(await runner.import('/app.${language}')).default`,
  })
}

export const vite: Candidate = {
  id: 'vite',
  label: 'vite module runner',
  version: packageVersion('vite'),
  setup:
    "`createServerModuleRunner(server.environments.ssr)`; each request does `await runner.import('/app.js')` (accept mode: the runner imports the server, which accepts)",
  kind: 'hot',
  cannot: (what) => (what === 'full reload' ? 'cannot restart' : undefined),
  prepare(program, style, options = {}) {
    linkPackage(program.directory, 'vite')
    writeEntry(program, style, options)
    writeProgramFile(program.directory, 'launch.mjs', launcher(style, program.language))
    return {
      file: process.execPath,
      args: [...(options.nodeOptions ?? []), join(program.directory, 'launch.mjs')],
      cwd: program.directory,
    }
  },
}
