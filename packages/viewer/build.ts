// What runs in Node is bundled for its type checker's sake of one entry each; what runs in the browser
// is one file each, with everything in it: the page works offline.
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { writeLicences } from '../../tools/licences.ts'

const directory = import.meta.dirname
for (const name of readdirSync(join(directory, 'dist'))) {
  if (name !== 'types') rmSync(join(directory, 'dist', name), { recursive: true, force: true })
}

const shared = {
  absWorkingDir: directory,
  bundle: true,
  legalComments: 'inline',
  logLevel: 'warning',
  metafile: true,
} satisfies BuildOptions

const results = [
  await build({
    ...shared,
    entryPoints: { index: 'src/index.ts', server: 'src/server.ts' },
    splitting: true,
    chunkNames: 'shared-[hash]',
    outdir: 'dist',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    packages: 'external',
  }),
  // Loaded with `-r` in front of an application.
  await build({
    ...shared,
    entryPoints: { preload: 'src/preload.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    platform: 'node',
    target: 'node22',
  }),
  await build({
    ...shared,
    entryPoints: {
      page: 'src/page/main.tsx',
      worker: 'src/refresh/browser/worker.ts',
      refresh: 'src/refresh/browser/refresh.ts',
    },
    outdir: 'dist/browser',
    format: 'iife',
    platform: 'browser',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
  }),
  await build({
    ...shared,
    entryPoints: { page: 'src/page/page.css' },
    outdir: 'dist/browser',
    minify: true,
  }),
]
writeLicences(directory, results)
// The type of preload.cjs: it exports nothing, and is no ES module.
writeFileSync(join(directory, 'dist/types/preload.d.cts'), 'export {}\n')
