// `-r hot-hook/register`: built as CommonJS, which every Node can read, and without anything to wait for.
import { createRequire } from 'node:module'
import { endWith, optionsSource, prepare } from './options/registration.ts'

try {
  const options = prepare()
  const { hot } = createRequire(__filename)('./index.js') as typeof import('./index.ts')
  hot.register(options, optionsSource)
} catch (error) {
  endWith(error)
}
