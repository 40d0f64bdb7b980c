import type { Layout } from './layout.ts'
import type { Theme } from './theme.ts'
import { type Emphasis, glowTime, type View } from './view.ts'

/** Rings: what was just loaded, what is stale, what failed, what is selected. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  layout: Layout,
  view: View,
  theme: Theme,
  emphasis: Emphasis,
): void {
  const now = performance.now()
  const ring = (path: string, color: string, grow: number, alpha: number, dash: number[]) => {
    const place = layout.byPath.get(path)
    if (!place) return
    context.globalAlpha = alpha
    context.strokeStyle = color
    context.lineWidth = 2.5 / Math.max(view.scale, 0.4)
    context.setLineDash(dash)
    context.beginPath()
    const { x, y, width, height } = place
    if (layout.kind === 'folders') context.arc(x, y, 15 + grow, 0, 2 * Math.PI)
    else {
      const [w, h] = [width + 2 * grow, height + 2 * grow]
      context.roundRect(x - w / 2, y - h / 2, w, h, 8 + grow)
    }
    context.stroke()
  }
  for (const { file } of layout.places) {
    if (file.stale) ring(file.path, theme.accent, 3, 0.8, [5, 4])
  }
  for (const path of emphasis.failed) ring(path, theme.error, 4, 1, [])
  if (emphasis.selected !== undefined) ring(emphasis.selected, theme.text, 3, 0.9, [])
  for (const [path, since] of emphasis.glowing) {
    const age = (now - since) / glowTime
    if (age < 1) ring(path, theme.accent, 2 + 10 * age, 1 - age, [])
  }
  context.setLineDash([])
  context.globalAlpha = 1
}
