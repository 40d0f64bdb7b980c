import { join } from 'node:path'
import { appExports, moduleSource } from './module-source.ts'
import { type Program, writeProgramFile } from './program.ts'

/**
 * `depth` diamonds on top of each other: each rung imports a left and a right module, and both
 * import the next rung. The number of modules grows by 3 a diamond, that of the ways down doubles.
 */
export function writeLadder(directory: string, depth: number): Program {
  const rung = (level: number) => (level === 0 ? 'app.js' : `rung${level}.js`)
  const write = (path: string, name: string, imports: string[], extra = '') => {
    const shape = { name, imports: imports.map((to) => `./${to}`), language: 'js' as const }
    writeProgramFile(directory, path, moduleSource({ ...shape, version: 0, value: 1, extra }))
  }
  for (let level = 0; level < depth; level++) {
    const sides = [`left${level}.js`, `right${level}.js`]
    write(rung(level), `Rung${level}`, sides, level === 0 ? appExports : '')
    for (const side of sides) write(side, side.replace('.js', 'Side'), [rung(level + 1)])
  }
  const bottom = (version: number) =>
    moduleSource({
      name: `Rung${depth}`,
      imports: [],
      version,
      language: 'js',
      value: 1,
    })
  writeProgramFile(directory, rung(depth), bottom(0))
  const size = 3 * depth + 1
  return {
    directory,
    language: 'js',
    size,
    targets: {
      bottom: { file: join(directory, rung(depth)), weight: 1, affected: size, source: bottom },
    },
  }
}
