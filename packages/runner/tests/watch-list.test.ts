import { expect, test } from 'vitest'
import { filesIn } from '../src/watch-list.ts'

test('the files an error names, existing or not, are found in its text', () => {
  const text = `/tmp/a b/syntax.ts:3
let x: = 3
Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/tmp/missing.mjs' imported from /tmp/main.mjs
    at f (file:///tmp/with%20space.js?version=3:10:5)
    at file:///tmp/plain.js:1:2
    at Object.<anonymous> (/tmp/common.cjs:1:1)
    at node:internal/modules/esm/loader:636:32
    at /tmp/node_modules/x/index.js:1:1
Require stack:
- /tmp/required.cjs`
  expect(filesIn(text).sort()).toEqual([
    '/tmp/common.cjs',
    '/tmp/main.mjs',
    '/tmp/missing.mjs',
    '/tmp/plain.js',
    '/tmp/required.cjs',
    '/tmp/with space.js',
  ])
})

test('paths that are no sources are left alone', () => {
  expect(filesIn('GET /users failed: no /tmp/socket, see https://example.com/a.js')).toEqual([])
})
