import type { LexedSource } from './lexer.ts'

/** The key on `globalThis` by which modules reach this runtime, whatever copy of it they import. */
export const runtimeKey = 'hot-hook.runtime'

/** What modules call on the runtime. */
export interface ModuleRuntime {
  /** Gives a module its `import.meta.hot`. */
  meta(meta: ImportMeta): void
  /** Waits until what this module's load replaces is disposed. */
  gate(url: string): Promise<void> | undefined
  /** The same for a module that cannot wait. */
  gateSync(url: string): void
  /** Hands over the setters of a facade. */
  facade(id: number, namespace: object, set: (namespace: object, index: number) => boolean): void
}

const runtime = `globalThis[Symbol.for("${runtimeKey}")]`

/** What an ES module does in front of its first statement. */
export function gateStatement(url: string): string {
  return `await ${runtime}.gate(${JSON.stringify(url)});`
}

/** What a module that must not wait does there: CommonJS, or one that `import defer` would then evaluate. */
export function gateSyncStatement(url: string): string {
  return `${runtime}.gateSync(${JSON.stringify(url)});`
}

/** A source with what it needs from the runtime, all of it on one line. */
export function addToSource(
  source: string,
  lexed: LexedSource | undefined,
  { gate, cleanUrl }: { gate: string; cleanUrl: string | undefined },
): string {
  let statement = gate
  if (lexed?.usesImportMeta) statement += `${runtime}.meta(import.meta);`
  let text = source
  if (statement) {
    const at = lexed?.insertion.index ?? 0
    text = `${source.slice(0, at)};${statement}${source.slice(at)}`
  }
  // Stack traces and breakpoints name it by its file, not by its version.
  return cleanUrl ? `${text}\n//# sourceURL=${cleanUrl}` : text
}

/** The source of a facade: bindings that the runtime can move from one instance to the next. */
export function facadeSource({
  id,
  url,
  required,
  names,
  stars,
  attributes,
}: {
  id: number
  /** The instance that it shows at first. */
  url: string
  /** Names that must exist, or linking fails as it does without a facade. */
  required: string[]
  names: string[]
  /** URLs whose exports it shows as they are. */
  stars: string[]
  attributes: string
}): string {
  const from = `${JSON.stringify(url)}${attributes}`
  const quoted = names.map((name) => JSON.stringify(name))
  const checks = required.map((name, index) => `${JSON.stringify(name)} as c${index}`)
  return [
    `import * as n from ${from};`,
    checks.length > 0 ? `import { ${checks.join(', ')} } from ${from};` : '',
    ...stars.map((star) => `export * from ${JSON.stringify(star)};`),
    names.length > 0 ? `let ${names.map((_, index) => `b${index}`).join(', ')};` : '',
    `export { ${quoted.map((name, index) => `b${index} as ${name}`).join(', ')} };`,
    `${runtime}.facade(${id}, n, (n, i) => { switch (i) {`,
    ...quoted.map(
      (name, index) => `case ${index}: return !Object.is(b${index}, b${index} = n[${name}]);`,
    ),
    '} });',
  ].join('\n')
}

/** The source of an update's root: it links everything before anything is evaluated. */
export function updateSource(
  modules: { url: string; names: string[]; attributes: string }[],
): string {
  return modules
    .map(({ url, names, attributes }, index) => {
      const from = `${JSON.stringify(url)}${attributes};`
      const checks = names.map((name, at) => `${JSON.stringify(name)} as c${index}_${at}`)
      return checks.length > 0 ? `import { ${checks.join(', ')} } from ${from}` : `import ${from}`
    })
    .join('\n')
}
