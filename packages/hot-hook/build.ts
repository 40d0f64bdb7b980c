// One file for what is imported together: forty small ones take several times as long to load, and
// so do packages that have to be found first. What few programs need is in files of its own.
import { readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'

const options: BuildOptions = {
  absWorkingDir: import.meta.dirname,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  legalComments: 'inline',
  metafile: true,
  // A fifth of what is installed. Names stay, and lines are short enough for a stack trace to say something.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
  // Only who polls loads it.
  external: ['chokidar'],
  // It does not know attributes that are an expression, and leaves those imports as they are.
  logOverride: { 'unsupported-dynamic-import': 'silent' },
}

const results = [
  await build({
    ...options,
    entryPoints: { index: 'src/index.ts', protocol: 'src/reload/protocol.ts' },
  }),
  // Its `import()` of the runtime stays one, to come from the compile cache.
  await build({
    ...options,
    entryPoints: { register: 'src/register.ts' },
    external: ['./index.js'],
  }),
  await build({
    ...options,
    entryPoints: { register: 'src/register-require.ts', picomatch: 'picomatch' },
    // Nobody reads these in a stack trace.
    minifyIdentifiers: true,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  }),
]

// What an earlier build has left.
const built = new Set(
  results.flatMap(({ metafile }) =>
    Object.keys(metafile?.outputs ?? {}).map((path) => basename(path)),
  ),
)
for (const name of readdirSync(join(import.meta.dirname, 'dist'))) {
  if (name !== 'types' && !built.has(name)) rmSync(join(import.meta.dirname, 'dist', name))
}

// Rooms that no public type names.
for (const room of ['advice', 'files', 'loader', 'node', 'runtime', 'watch']) {
  rmSync(join(import.meta.dirname, 'dist/types', room), { recursive: true, force: true })
}
