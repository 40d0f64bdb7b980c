import { readFileSync } from 'node:fs'
import ejs from 'ejs'

/** Compiles a template, and has this module reloaded when it is saved. */
function view(name) {
  const file = new URL(`./views/${name}.ejs`, import.meta.url)
  import.meta.hot?.watch(file)
  return ejs.compile(readFileSync(file, 'utf8'))
}

export const list = view('list')
