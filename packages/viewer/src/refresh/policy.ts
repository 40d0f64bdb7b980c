/** What a page needs that renews itself. */
export interface PolicyNeeds {
  /** Where the script and the stream come from: an origin, or `'self'`. */
  from: string
  /** The stream is followed in a shared worker of the page's own origin. */
  usesWorker: boolean
  /** A nonce for where nothing else is possible. */
  nonce: string
}

/** A content security policy that lets the script in, and the nonce that it has to have. */
export interface AmendedPolicy {
  policy: string
  nonce: string | undefined
}

/**
 * Amends a content security policy by no more than what the script needs.
 *
 * @param policy one policy, or several with commas between them
 */
export function amendPolicy(policy: string, needs: PolicyNeeds): AmendedPolicy {
  let nonce: string | undefined
  const amended = policy.split(',').map((one) => {
    const directives = parse(one)
    nonce = amendScript(directives, needs) ?? nonce
    addSource(directives, ['connect-src', 'default-src'], needs.from)
    // It asks for the page before it is renewed.
    addSource(directives, ['connect-src', 'default-src'], "'self'")
    if (needs.usesWorker) {
      addSource(directives, ['worker-src', 'child-src', 'script-src', 'default-src'], "'self'")
    }
    return [...directives].map(([name, sources]) => [name, ...sources].join(' ')).join('; ')
  })
  return { policy: amended.join(', '), nonce }
}

type Directives = Map<string, string[]>

function parse(policy: string): Directives {
  const directives: Directives = new Map()
  for (const text of policy.split(';')) {
    const [name, ...sources] = text.trim().split(/\s+/)
    const key = name?.toLowerCase()
    // Of two of the same name the first counts.
    if (key && !directives.has(key)) directives.set(key, sources)
  }
  return directives
}

/** @returns the nonce that the script must have, if any */
function amendScript(directives: Directives, { from, nonce }: PolicyNeeds): string | undefined {
  const names = ['script-src-elem', 'script-src', 'default-src']
  const name = names.find((each) => directives.has(each))
  if (name === undefined) return undefined
  const sources = directives.get(name) ?? []
  const given = sources.map((source) => /^'nonce-(.+)'$/.exec(source)?.[1]).find(Boolean)
  if (given !== undefined) return given
  if (sources.some((source) => /^'(?:strict-dynamic|sha\d+-.*)'$/.test(source))) {
    addSource(directives, names, `'nonce-${nonce}'`)
    return nonce
  }
  // A nonce would turn 'unsafe-inline' off.
  addSource(directives, names, from)
  return undefined
}

/**
 * @param names the directive, and those that stand in for it where it is missing
 */
function addSource(directives: Directives, names: readonly string[], source: string): void {
  const name = names.find((each) => directives.has(each))
  const [own] = names
  if (name === undefined || own === undefined) return
  const sources = directives.get(name) ?? []
  if (sources.includes(source)) return
  const kept = sources.filter((each) => each !== "'none'")
  // The one that stands in is for others, too: the script's own is made of it.
  const target = name === 'default-src' ? (own.startsWith('script') ? 'script-src' : own) : own
  directives.set(own === 'script-src-elem' && name === 'script-src' ? name : target, [
    ...kept,
    source,
  ])
}
