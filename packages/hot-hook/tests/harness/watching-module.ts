/** The server of an application whose module watches something. */
export const entry = "import './app.js'\nconsole.log('started')"

/** A module that watches `path`, and shows what `expression` makes of it when it is evaluated. */
export const app = (
  path: string,
  expression: string,
) => `import { existsSync, readdirSync, readFileSync } from 'node:fs'
const { hot } = import.meta
const file = (name) => new URL(name, import.meta.url)
const text = (name) => existsSync(file(name)) ? readFileSync(file(name), 'utf8') : 'nothing'
const entries = (name) => existsSync(file(name)) ? readdirSync(file(name)).sort().join(' ') : 'nothing'
hot.watch(${path})
console.log('>', ${expression})
hot.accept()`
