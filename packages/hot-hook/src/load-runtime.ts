// `import 'hot-hook'`: runs the runtime as a script, whose code V8 can keep. A bundler takes `runtime.js` itself.
import { inOneLine } from './log/startup-error.ts'
import { KeptCode } from './node/kept-code.ts'
import { assertNodeVersion } from './node/node-version.ts'
import type { OwnModule } from './node/own-module.ts'

type Runtime = Pick<typeof import('./index.ts'), 'Hot' | 'hot' | 'HotHookOptionsError'>

export const { Hot, hot, HotHookOptionsError } = load()

function load(): Runtime {
  // Before Node 20.16 nothing of this package can be read without waiting for it.
  if (!('getBuiltinModule' in process)) throw tooOld()
  const code = new KeptCode(new URL('./runtime.js', import.meta.url).href)
  const ownModule: OwnModule = {
    url: import.meta.url,
    import: (specifier, options) => import(specifier, options),
    settled: () => code.keep(),
  }
  return (code.run() as (ownModule: OwnModule) => Runtime)(ownModule)
}

function tooOld(): unknown {
  try {
    return assertNodeVersion()
  } catch (error) {
    return inOneLine(error)
  }
}
