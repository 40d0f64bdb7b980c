const name = 'hot-hook.scroll'

interface Kept {
  address: string
  x: number
  y: number
}

/** The page is about to be renewed. */
export function keepScroll(): void {
  const kept: Kept = { address: location.href, x: scrollX, y: scrollY }
  try {
    sessionStorage.setItem(name, JSON.stringify(kept))
  } catch {
    // A page without storage: the browser does what it can.
  }
}

/** Goes to where the page was, as soon as it is long enough. */
export function restoreScroll(): void {
  let kept: Kept | undefined
  try {
    kept = JSON.parse(sessionStorage.getItem(name) ?? 'null') ?? undefined
    sessionStorage.removeItem(name)
  } catch {
    return
  }
  if (kept?.address !== location.href || (kept.x === 0 && kept.y === 0)) return
  const { x, y } = kept
  const go = () => scrollTo({ left: x, top: y, behavior: 'instant' })
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', go, { once: true })
  else go()
  if (document.readyState !== 'complete') addEventListener('load', go, { once: true })
}
