// One file for what is imported together: forty small ones take several times as long to load, and
// so do packages that have to be found first. What few programs need is in files of its own.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { writeLicences } from '../../tools/licences.ts'
import { builtins } from './builtins.ts'

const options = {
  absWorkingDir: import.meta.dirname,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  legalComments: 'inline',
  metafile: true,
  // A fifth of what is installed. Lines are short enough for a stack trace to say something.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
  // It does not know attributes that are an expression, and leaves those imports as they are.
  logOverride: { 'unsupported-dynamic-import': 'silent' },
} satisfies BuildOptions

/** What is said of an error is in `protocol.js` already. */
const sharedFailure: Plugin = {
  name: 'shared-failure',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/reload\/failure\.ts$/ }, () => ({
      path: './protocol.js',
      external: true,
    }))
  },
}

/** What only an ES module can have is given to the script. */
const asScript: Plugin = {
  name: 'as-script',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/node\/own-module\.ts$/ }, () => ({
      contents: 'export const ownModule = givenModule',
    }))
  },
}

const results = [
  // One file that is a module, for bundlers, and between its first and last lines a script (`KeptCode`).
  await build({
    ...options,
    entryPoints: { runtime: 'src/index.ts' },
    format: 'iife',
    globalName: 'runtime',
    define: { 'import.meta.url': 'givenModule.url' },
    banner: {
      js: `const ownModule={url:import.meta.url,import:(specifier,options)=>import(specifier,options)},run=
(function(givenModule){`,
    },
    footer: {
      js: `return runtime})
;export const{Hot,hot,HotHookOptionsError}=run(ownModule)`,
    },
    // A tenth of what is installed. To keep the names of functions would cost every start a sixth of
    // what it takes: a stack trace has those of methods and modules' lines.
    minifyIdentifiers: true,
    plugins: [builtins, asScript],
  }),
  await build({
    ...options,
    entryPoints: { index: 'src/load-runtime.ts', protocol: 'src/reload/protocol.ts' },
    minifyIdentifiers: true,
    plugins: [builtins],
  }),
  await build({
    ...options,
    entryPoints: {
      'error-answer': 'src/handler/error-answer.ts',
      'fetch-listener': 'src/handler/fetch-listener.ts',
    },
    minifyIdentifiers: true,
    plugins: [builtins, sharedFailure],
  }),
  // Its `import()` of the runtime stays one: an older Node is told before.
  await build({
    ...options,
    entryPoints: { register: 'src/register.ts' },
    external: ['./index.js'],
    plugins: [builtins],
  }),
  await build({
    ...options,
    entryPoints: {
      register: 'src/register-require.ts',
      advice: 'src/advice/bundle.ts',
      // As CommonJS and without packages of their own they load whatever the flags of Node are.
      chokidar: 'chokidar',
      picomatch: 'picomatch',
    },
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

writeLicences(import.meta.dirname, results)

// Declarations that no public one names.
const types = join(import.meta.dirname, 'dist/types')
const named = new Set(
  ['index.d.ts', 'register.d.ts', 'reload/protocol.d.ts'].map((name) => join(types, name)),
)
for (const file of named) {
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/ from '(\..+?)\.ts';$/gm)) {
    named.add(join(dirname(file), `${specifier}.d.ts`))
  }
}
for (const entry of readdirSync(types, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name)
  if (entry.isFile() && !named.has(path)) rmSync(path)
}

// The type of register.cjs: it exports nothing, and is no ES module.
writeFileSync(join(types, 'register.d.cts'), 'export {}\n')
