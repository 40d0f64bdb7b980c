import type { Candidate } from './candidate.ts'
import { linkPackage, packageVersion, writeEntry } from './set-up.ts'

export const dynohot: Candidate = {
  id: 'dynohot',
  label: 'dynohot',
  version: packageVersion('dynohot'),
  setup:
    "`node --enable-source-maps --import dynohot/register server.js`; where a change has to arrive: `import app from './app.js'` and `import.meta.hot.accept('./app.js')`",
  kind: 'hot',
  cannot(what, language) {
    if (language === 'ts') return 'needs another loader for TypeScript'
    if (what === 'full reload') return 'cannot restart'
    return undefined
  },
  prepare(program, style, options = {}) {
    linkPackage(program.directory, 'dynohot')
    const entry = writeEntry(program, style === 'boundary' ? 'accept' : style, options)
    return {
      file: process.execPath,
      args: [
        ...(options.nodeOptions ?? []),
        '--enable-source-maps',
        '--import',
        'dynohot/register',
        entry,
      ],
      cwd: program.directory,
    }
  },
}
