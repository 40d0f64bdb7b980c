/** The paths of the style sheets of this page, those that they import included. */
export function sheetPaths(): string[] {
  const paths = new Set<string>()
  for (const link of links()) paths.add(new URL(link.href).pathname)
  for (const sheet of document.styleSheets) {
    for (const address of importsOf(sheet)) paths.add(new URL(address).pathname)
  }
  return [...paths].slice(0, 100)
}

/** Takes these style sheets anew; the old one stays until the new one is there. */
export async function swapSheets(paths: readonly string[]): Promise<void> {
  const isChanged = (address: string) => paths.includes(new URL(address).pathname)
  for (const link of links()) {
    const inner = [...(link.sheet ? importsOf(link.sheet) : [])].filter(isChanged)
    if (!isChanged(link.href) && inner.length === 0) continue
    // An imported one is asked for by its own address: what the browser keeps of it has to be new.
    await Promise.all(inner.map((address) => fetch(address, { cache: 'reload' }).catch(() => {})))
    swap(link)
  }
}

/** What is to take the place of a style sheet, until it is there: saved again, it comes no more. */
const coming = new Map<HTMLLinkElement, HTMLLinkElement>()

function swap(link: HTMLLinkElement): void {
  coming.get(link)?.remove()
  const next = link.cloneNode() as HTMLLinkElement
  const url = new URL(link.href)
  url.searchParams.set('hot-hook', String(Date.now()))
  next.href = url.href
  coming.set(link, next)
  const settle = (left: HTMLLinkElement) => {
    if (coming.get(link) !== next) return
    coming.delete(link)
    left.remove()
  }
  next.addEventListener('load', () => settle(link), { once: true })
  next.addEventListener('error', () => settle(next), { once: true })
  link.after(next)
}

function links(): HTMLLinkElement[] {
  const all = document.querySelectorAll<HTMLLinkElement>('link[rel~="stylesheet"][href]')
  const next = new Set(coming.values())
  return [...all].filter((link) => !next.has(link) && new URL(link.href).origin === location.origin)
}

function importsOf(sheet: CSSStyleSheet): string[] {
  const found: string[] = []
  try {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSImportRule)) continue
      const base = sheet.href ?? location.href
      const url = new URL(rule.href, base)
      if (url.origin === location.origin) found.push(url.href)
      if (rule.styleSheet) found.push(...importsOf(rule.styleSheet))
    }
  } catch {
    // A style sheet of another origin keeps its rules to itself.
  }
  return found
}
