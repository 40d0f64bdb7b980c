// An `import` of one of Node's own modules reads each of its exports once, and some load more of Node:
// those of node:fs and node:util alone cost 6 ms at every start. What `process.getBuiltinModule` gives
// does not, and no hook of the application sees it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'

const namespace = 'builtin'
const statement = /^import (?!type\b)([^;]*?) from '(node:[\w/]+)'$/gm

// Node 18, which is told that it is too old, has no `getBuiltinModule`: nothing of Node is called there. To
// import `node:module` for it would cost every start half a millisecond.
const get = 'export default process.getBuiltinModule ?? (() => ({}))'

/** Bundles imports of Node's own modules as calls of `process.getBuiltinModule`. */
export const builtins: Plugin = {
  name: 'builtins',
  setup: ({ onResolve, onLoad, initialOptions }) => {
    const names = importedNames(join(initialOptions.absWorkingDir ?? '', 'src'))
    onResolve({ filter: /^node:/ }, ({ path, kind, namespace: from }) =>
      from === namespace || kind !== 'import-statement'
        ? undefined
        : { path, namespace, sideEffects: false },
    )
    onResolve({ filter: /^get$/, namespace }, ({ path }) => ({ path, namespace }))
    onLoad({ filter: /^get$/, namespace }, () => ({ contents: get }))
    onLoad({ filter: /^node:/, namespace }, ({ path }) => {
      const exported = [...(names.get(path) ?? [])].map((name) =>
        name === 'default' ? 'export default it' : `export const ${name} = it.${name}`,
      )
      return {
        contents: `import get from 'get'\nconst it = get('${path}')\n${exported.join('\n')}`,
      }
    })
  },
}

/** Module → what is imported from it anywhere in a directory. */
function importedNames(directory: string): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>()
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.ts')) continue
    const source = readFileSync(join(directory, entry), 'utf8')
    for (const [, clause = '', module = ''] of source.matchAll(statement)) {
      const known = names.get(module) ?? new Set()
      names.set(module, known)
      const [, first, list = ''] = /^(\w+)?,?\s*(?:\{(.*)\})?$/s.exec(clause) ?? []
      if (first !== undefined) known.add('default')
      for (const each of list.split(',')) {
        const [, name] = /^\s*(?!type )(\w+)/.exec(each) ?? []
        if (name !== undefined) known.add(name)
      }
    }
  }
  return names
}
