import { spawnSync } from 'node:child_process'
import { describe, expect, it, test } from 'vitest'
import { brings, type Feature } from '../../src/node/features.ts'
import { nodeBinary, nodeMajors, nodeVersion } from '../harness/nodes.ts'

/** A program that ends with 0 where Node brings the feature. */
const programs: Record<Feature, { flags?: string[]; source: string }> = {
  hooks: {
    source: `const { registerHooks } = require('node:module')
registerHooks({ load: (url, context, next) => next(url, context) })`,
  },
  syncLinking: {
    source: `const { createRequire, registerHooks } = require('node:module')
const sources = { 'made:outer': 'export { default } from "made:inner"', 'made:inner': 'export default 1' }
registerHooks({
  resolve: (specifier, context, next) =>
    specifier.startsWith('made:') ? { url: specifier, format: 'module', shortCircuit: true } : next(specifier, context),
  load: (url, context, next) =>
    url.startsWith('made:') ? { format: 'module', source: sources[url], shortCircuit: true } : next(url, context),
})
if (createRequire(__filename)('made:outer').default !== 1) process.exit(1)`,
  },
  evictsWhatFailed: {
    source: `const fs = require('node:fs')
const directory = fs.mkdtempSync(require('node:os').tmpdir() + '/hot-hook-feature-')
const file = directory + '/thrower.cts'
fs.writeFileSync(file, 'throw new Error()')
import(file).catch(() => {
  fs.rmSync(directory, { recursive: true })
  if (require.cache[file]) process.exit(1)
})`,
  },
  portableCompileCache: {
    source: `require('node:module').enableCompileCache({ portable: true })`,
  },
  textImports: { flags: ['--experimental-import-text'], source: '' },
}

describe.each(nodeMajors)('the table of what Node brings, for Node %s', (major) => {
  test.each(Object.keys(programs) as Feature[])('says the truth of %s', (feature) => {
    const { flags = [], source } = programs[feature]
    const program = `const __filename = '/made.js'\n${source}`
    const { status } = spawnSync(nodeBinary(major), [...flags, '--eval', program], {
      env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1', NODE_OPTIONS: '' },
    })
    expect(status === 0).toBe(brings(feature, nodeVersion(major)))
  })
})

it('a release line may get a feature later than an older line', () => {
  expect(brings('textImports', '24.19.0')).toBe(true)
  expect(brings('textImports', '26.4.9')).toBe(false)
  expect(brings('textImports', '26.5.0')).toBe(true)
  expect(brings('textImports', '22.99.0')).toBe(false)
  expect(brings('textImports', '28.0.0')).toBe(true)
})
