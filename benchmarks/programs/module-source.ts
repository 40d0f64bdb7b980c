import type { Language } from './program.ts'

export interface ModuleShape {
  /** Part of every name in the module: modules differ, as they do in life. */
  name: string
  /** Specifiers of what it imports, in order. */
  imports: string[]
  version: number
  language: Language
  /**
   * What `value()` is: this module's version and that of all it imports, or of so many of its imports
   * from the first on (where all ways through the program would be too many).
   */
  value: 'all imports' | number
  /** Lines of the form `export default ...` and the like, in front of the end. */
  extra?: string
}

/**
 * A module of about 2.5 KB: a class, some functions, some constants, as application code has them.
 * It counts its evaluation on `globalThis`, and `value()` shows which versions the program runs.
 */
export function moduleSource(shape: ModuleShape): string {
  const { name, imports, version, language } = shape
  const ts = (annotation: string) => (language === 'ts' ? annotation : '')
  const statements = imports.map(
    (specifier, index) => `import { value as value${index} } from '${specifier}'`,
  )
  const asked = shape.value === 'all imports' ? imports : imports.slice(0, shape.value)
  const value = ['version', ...asked.map((_, index) => `value${index}()`)].join(' + ')
  const unasked = imports.slice(asked.length).map((_, index) => `value${asked.length + index}`)

  return `${statements.join('\n')}
${language === 'ts' ? typeDeclarations(name) : ''}
export const version${ts(': number')} = ${version}
const counters = globalThis${ts(' as unknown as { evaluated?: number }')}
counters.evaluated = (counters.evaluated ?? 0) + 1
export const others = [${unasked.join(', ')}]

const defaults = { limit: 100, locale: 'en', currency: 'EUR', retries: 3, name: '${name}' }

/** Keeps the records of ${name} in memory, oldest first. */
export class ${name}Store {
  #records = new Map${ts(`<string, ${name}Record>`)}()
  #limit${ts(': number')}

  constructor(limit = defaults.limit) {
    this.#limit = limit
  }

  get size()${ts(': number')} {
    return this.#records.size
  }

  add(record${ts(`: ${name}Record`)})${ts(': void')} {
    if (!record.id) throw new TypeError('${name}: a record needs an id')
    if (this.#records.size >= this.#limit) {
      const [oldest] = this.#records.keys()
      if (oldest !== undefined) this.#records.delete(oldest)
    }
    this.#records.set(record.id, { ...record, updatedAt: Date.now() })
  }

  find(id${ts(': string')})${ts(`: ${name}Record | undefined`)} {
    return this.#records.get(id)
  }

  list({ from = 0, to = Infinity } = {})${ts(`: ${name}Record[]`)} {
    return [...this.#records.values()].filter(
      (record) => (record.updatedAt ?? 0) >= from && (record.updatedAt ?? 0) <= to,
    )
  }
}

/** Reads what a form sent. */
export function parse${name}(input${ts(': Record<string, string>')})${ts(`: ${name}Record`)} {
  const amount = Number.parseFloat(input.amount ?? '0')
  if (Number.isNaN(amount)) throw new TypeError(\`${name}: "\${input.amount}" is no amount\`)
  const tags = (input.tags ?? '').split(',').map((tag) => tag.trim()).filter(Boolean)
  return { id: input.id ?? '', amount, tags, title: input.title ?? 'untitled' }
}

/** One line for people. */
export function format${name}(record${ts(`: ${name}Record`)}, locale = defaults.locale)${ts(': string')} {
  const amount = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: defaults.currency,
  }).format(record.amount)
  return \`\${record.title} (\${record.tags.join(', ') || 'no tags'}): \${amount}\`
}

/** Calls \`load\` until it succeeds, \`defaults.retries\` times at most. */
export async function load${name}(load${ts(`: () => Promise<${name}Record>`)})${ts(`: Promise<${name}Record>`)} {
  for (let attempt = 1; ; attempt++) {
    try {
      return await load()
    } catch (error) {
      if (attempt >= defaults.retries) throw error
    }
  }
}

export function value()${ts(': number')} {
  return ${value}
}
${shape.extra ?? ''}`
}

function typeDeclarations(name: string): string {
  return `
export interface ${name}Record {
  id: string
  title: string
  amount: number
  tags: string[]
  updatedAt?: number
}
`
}

/** The root of a program: what the server asks for its value. */
export const appExports = 'export default function app() {\n  return value()\n}\n'
