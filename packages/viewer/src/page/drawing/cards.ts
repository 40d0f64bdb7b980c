import type { FileNode } from '../model.ts'
import { drawGlyph } from './glyphs.ts'
import { fit } from './labels.ts'
import type { Layout } from './layout.ts'
import type { Theme } from './theme.ts'
import { type Emphasis, isInView, sans, type View } from './view.ts'

/** A card for each file: its sign, its name, and where it is. */
export function drawCards(
  context: CanvasRenderingContext2D,
  layout: Layout,
  view: View,
  theme: Theme,
  { found, selected, hovered }: Emphasis,
): void {
  const isReadable = view.scale > 0.35
  for (const place of layout.places) {
    const { file, x, y, width, height } = place
    if (!isInView(place, view)) continue
    context.globalAlpha = found === undefined || found.has(file.path) ? 1 : 0.22
    const [left, top] = [x - width / 2, y - height / 2]
    context.beginPath()
    context.roundRect(left, top, width, height, 8)
    context.fillStyle = theme.surface
    context.fill()
    context.lineWidth = file.path === selected || file.path === hovered ? 2.4 : 1.2
    context.strokeStyle = theme.kinds[file.kind]
    if (!file.hot) context.setLineDash([4, 3])
    context.stroke()
    context.setLineDash([])
    drawGlyph(context, file, left + 20, y, theme)
    if (isReadable) drawCardText(context, file, left + 38, y, theme)
  }
  context.globalAlpha = 1
}

/** How wide the card of a file is. */
export function cardWidth(context: CanvasRenderingContext2D, file: FileNode): number {
  context.font = `600 13px ${sans}`
  const name = context.measureText(file.name).width
  context.font = `11px ${sans}`
  const folder = context.measureText(file.folder).width
  return Math.min(Math.max(name, folder), 210) + 52
}

function drawCardText(
  context: CanvasRenderingContext2D,
  file: FileNode,
  x: number,
  y: number,
  theme: Theme,
): void {
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  const folder = file.folder
  context.font = `600 13px ${sans}`
  context.fillStyle = theme.text
  context.fillText(fit(context, file.name, 210), x, folder === '' ? y : y - 7)
  if (folder === '') return
  context.font = `11px ${sans}`
  context.fillStyle = theme.dim
  context.fillText(fit(context, folder, 210), x, y + 9)
}
