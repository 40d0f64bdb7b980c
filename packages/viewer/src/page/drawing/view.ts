import type { Place } from './layout.ts'

/** What is to be seen beside the layout. */
export interface Emphasis {
  selected: string | undefined
  hovered: string | undefined
  /** What a search has found; without one, all. */
  found: ReadonlySet<string> | undefined
  failed: ReadonlySet<string>
  /** When a file was last loaded, by `performance.now()`: it glows for a while. */
  glowing: ReadonlyMap<string, number>
}

export interface View {
  x: number
  y: number
  scale: number
  width: number
  height: number
}

/** How long a file glows after an update, in milliseconds. */
export const glowTime = 2600
export const sans = 'ui-sans-serif, system-ui, "Segoe UI", "DejaVu Sans", sans-serif'

export function isInView({ x, y, width, height }: Place, view: View): boolean {
  const left = (x - width / 2) * view.scale + view.x
  const top = (y - height / 2) * view.scale + view.y
  const right = left + width * view.scale
  const bottom = top + height * view.scale
  return right > 0 && left < view.width && bottom > 0 && top < view.height
}
