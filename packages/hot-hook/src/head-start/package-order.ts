/** What the walk has to know of a module. */
export interface ModuleKind {
  /** Nothing is run for it: a builtin that is loaded anyway, data, Hot Hook itself. */
  isNothing(url: string): boolean
  /** A module of the program itself. */
  isOwn(url: string): boolean
  /** Code of a package, which can be evaluated before the program starts. */
  isPackage(url: string): boolean
}

/**
 * The packages that are evaluated before the first module of the program itself, in order: follows the import
 * statements in the order in which modules are evaluated, down to the first own one that would run.
 */
export function packageOrder(
  entry: string,
  requestsOf: (url: string) => readonly string[],
  kind: ModuleKind,
): string[] {
  const packages = new Set<string>()
  const walked = new Set<string>()
  let next: string | undefined = entry
  while (next !== undefined) {
    walked.add(next)
    const requests = requestsOf(next)
    next = undefined
    for (const url of requests) {
      // What imports the module that is looked into runs after it.
      if (kind.isNothing(url) || walked.has(url) || packages.has(url)) continue
      if (kind.isOwn(url)) next = url
      if (kind.isOwn(url) || !kind.isPackage(url)) break
      packages.add(url)
    }
  }
  return [...packages]
}
