// `--import hot-hook/register`: nothing is required, so no loader that was registered before compiles it.
import { endWith, optionsSource, prepare } from './options/registration.ts'

try {
  const options = prepare()
  const { hot } = await import('./index.js')
  hot.register(options, optionsSource)
} catch (error) {
  endWith(error)
}
