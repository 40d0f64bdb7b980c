import { expect, test } from 'vitest'
import { amendPolicy } from '../src/refresh/policy.ts'

const runner = { from: 'http://localhost:4000', usesWorker: false, nonce: 'new' }
const own = { from: "'self'", usesWorker: true, nonce: 'new' }

test.for([
  ['nothing is forbidden', "img-src 'self'", "img-src 'self'"],
  [
    'a nonce is taken over',
    "script-src 'nonce-a'; connect-src *.example",
    "script-src 'nonce-a'; connect-src *.example http://localhost:4000 'self'",
  ],
  [
    'inline scripts stay allowed',
    "script-src 'self' 'unsafe-inline'",
    "script-src 'self' 'unsafe-inline' http://localhost:4000",
  ],
  [
    'hashes are joined by a nonce',
    "script-src 'sha256-abc='",
    "script-src 'sha256-abc=' 'nonce-new'",
  ],
  [
    'nothing is allowed',
    "default-src 'none'",
    "default-src 'none'; script-src http://localhost:4000; connect-src http://localhost:4000 'self'",
  ],
  [
    'several policies',
    "script-src 'self', connect-src 'none'",
    "script-src 'self' http://localhost:4000, connect-src http://localhost:4000 'self'",
  ],
])('for the script of the runner: %s', ([, policy = '', expected]) => {
  expect(amendPolicy(policy, runner).policy).toBe(expected)
})

test("the page's own script and worker are let in", () => {
  const { policy, nonce } = amendPolicy("default-src 'none'; script-src 'nonce-a'", own)
  expect(policy).toBe(
    "default-src 'none'; script-src 'nonce-a'; connect-src 'self'; worker-src 'nonce-a' 'self'",
  )
  expect(nonce).toBe('a')
})
