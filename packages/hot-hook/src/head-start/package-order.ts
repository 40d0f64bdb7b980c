/** One import statement: what it names, and the URL that it came to. */
export interface ImportRequest {
  specifier: string
  url: string
}

/** What the walk has to know of a module. */
export interface ModuleKind {
  /** Nothing is run for it: a builtin that is loaded anyway, data, Hot Hook itself. */
  isNothing(url: string): boolean
  /** A module of the program itself. */
  isOwn(url: string): boolean
  /** Code of a package, which can be evaluated before the program starts. */
  isPackage(url: string): boolean
}

/** The packages that are evaluated before the first module of the program itself, in order. */
export interface PackageOrder {
  packages: string[]
  /**
   * Why it is this order: of each module of the program that was looked into, by its URL, the specifiers
   * of the import statements that lead up to the last package.
   */
  reasons: Map<string, string[]>
}

/**
 * Follows the import statements in the order in which modules are evaluated, down to the first module of the
 * program itself that would run.
 */
export function packageOrder(
  entry: string,
  requestsOf: (url: string) => readonly ImportRequest[],
  kind: ModuleKind,
): PackageOrder {
  const packages = new Set<string>()
  const walked = new Map<string, string[]>()
  let reasons: PackageOrder['reasons'] = new Map()
  let next: string | undefined = entry
  while (next !== undefined) {
    const specifiers: string[] = []
    walked.set(next, specifiers)
    const requests = requestsOf(next)
    next = undefined
    for (const { specifier, url } of requests) {
      specifiers.push(specifier)
      // What imports the module that is looked into runs after it.
      if (kind.isNothing(url) || walked.has(url) || packages.has(url)) continue
      if (kind.isOwn(url)) next = url
      if (kind.isOwn(url) || !kind.isPackage(url)) break
      packages.add(url)
      reasons = new Map([...walked].map(([module, of]) => [module, [...of]]))
    }
  }
  return { packages: [...packages], reasons }
}
