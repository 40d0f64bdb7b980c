// One file for what is imported together: forty small ones take several times as long to load.
import { type BuildOptions, build } from 'esbuild'

const options: BuildOptions = {
  absWorkingDir: import.meta.dirname,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  packages: 'external',
  // It does not know attributes that are an expression, and leaves those imports as they are.
  logOverride: { 'unsupported-dynamic-import': 'silent' },
}

await build({
  ...options,
  entryPoints: { index: 'src/index.ts', register: 'src/register.ts' },
  splitting: true,
  chunkNames: 'hot',
})
await build({ ...options, entryPoints: { protocol: 'src/reload/protocol.ts' } })
