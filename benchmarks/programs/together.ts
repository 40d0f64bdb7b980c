import { moduleSource } from './module-source.ts'
import { type Program, writeProgramFile } from './program.ts'

const language = 'js'

/** Two modules that are saved together, among others: the value of the program is the versions of both. */
export function writeTogether(directory: string, size = 100): Program {
  const source = (name: string) => (version: number) =>
    moduleSource({ name, imports: [], version, language, value: 'all imports' })
  const others = Array.from({ length: size - 3 }, (_, index) => `others/m${index}.js`)
  for (const [index, path] of others.entries()) {
    writeProgramFile(directory, path, source(`Other${index}`)(0))
  }
  const target = (name: 'left' | 'right') => ({
    file: writeProgramFile(directory, `${name}.js`, source(name)(0)),
    weight: 1,
    affected: 2,
    source: source(name),
  })
  writeProgramFile(
    directory,
    'app.js',
    `${others.map((path) => `import './${path}'`).join('\n')}
import { version as left } from './left.js'
import { version as right } from './right.js'

globalThis.evaluated++
export default () => [left, right]
`,
  )
  return { directory, language, size, targets: { left: target('left'), right: target('right') } }
}
