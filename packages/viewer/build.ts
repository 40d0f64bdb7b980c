// What runs in Node is bundled for its type checker's sake of one entry each; what runs in the browser
// is one file each, with everything in it: the page works offline.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'

const directory = import.meta.dirname
rmSync(join(directory, 'dist/browser'), { recursive: true, force: true })

const shared: BuildOptions = {
  absWorkingDir: directory,
  bundle: true,
  legalComments: 'inline',
  logLevel: 'warning',
}

await build({
  ...shared,
  entryPoints: { index: 'src/index.ts' },
  outdir: 'dist',
  format: 'esm',
  platform: 'node',
  target: 'node22',
  packages: 'external',
})
await build({
  ...shared,
  entryPoints: {
    page: 'src/page/main.tsx',
    worker: 'src/refresh/browser/worker.ts',
  },
  outdir: 'dist/browser',
  format: 'iife',
  platform: 'browser',
  target: ['chrome111', 'firefox115', 'safari16.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
})
await build({
  ...shared,
  entryPoints: { page: 'src/page/page.css' },
  outdir: 'dist/browser',
  minify: true,
})
