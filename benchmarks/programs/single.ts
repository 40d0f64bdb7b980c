import { join } from 'node:path'
import { appExports, moduleSource } from './module-source.ts'
import { type Program, writeProgramFile } from './program.ts'

/** `app.js` alone: what retains memory is then one module for each reload. */
export function writeSingleModule(directory: string, functions = 0): Program {
  const source = (version: number) =>
    moduleSource({
      name: 'App',
      imports: [],
      version,
      language: 'js',
      value: 'all imports',
      extra: `${manyFunctions(functions)}${appExports}`,
    })
  return {
    directory,
    language: 'js',
    size: 1,
    targets: {
      app: {
        file: writeProgramFile(directory, 'app.js', source(0)),
        weight: 1,
        affected: 1,
        source,
      },
    },
  }
}

/** The same as CommonJS: `app.cjs`. */
export function writeSingleCommonJs(directory: string): Program {
  const source = (version: number) => {
    const text = moduleSource({
      name: 'App',
      imports: [],
      version,
      language: 'js',
      value: 'all imports',
    })
    return `${text.replace(/^export /gm, '')}
module.exports = Object.assign(() => value(), { AppStore, parseApp, formatApp, loadApp, others })
`
  }
  return {
    directory,
    language: 'js',
    size: 1,
    targets: {
      app: {
        file: writeProgramFile(directory, 'app.cjs', source(0)),
        weight: 1,
        affected: 1,
        source,
      },
    },
  }
}

/** Functions that have run once, so that V8 has compiled them. */
function manyFunctions(count: number): string {
  const functions = Array.from(
    { length: count },
    (_, index) =>
      `export function step${index}(input) {\n  const output = { ...input, step: ${index}, label: 'step ${index}' }\n  return output\n}\nstep${index}({})\n`,
  )
  return functions.join('')
}

/** Where a single-module program's file is, for the entries that name it. */
export function appFile(program: Program): string {
  return program.targets.app?.file ?? join(program.directory, 'app.js')
}
