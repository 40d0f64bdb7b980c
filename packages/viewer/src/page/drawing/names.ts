import { Labels } from './labels.ts'
import { fileDiameter, type Layout } from './layout.ts'
import type { Theme } from './theme.ts'
import { type Emphasis, isInView, sans, type View } from './view.ts'

/** Files have their names when they are so far from each other, in pixels. */
const nearestFiles = 40
/** A name in less room says nothing, in pixels. */
const narrowestLabel = 84

/** Names of folders and files, as far as there is room. */
export function drawNames(
  context: CanvasRenderingContext2D,
  layout: Layout,
  view: View,
  theme: Theme,
  emphasis: Emphasis,
): void {
  const labels = new Labels(context)
  const toScreen = (x: number, y: number) =>
    [x * view.scale + view.x, y * view.scale + view.y] as const
  const halo = theme.ground
  const named = new Set([emphasis.selected, emphasis.hovered])
  const focused = layout.byPath.get(emphasis.hovered ?? emphasis.selected ?? '')
  for (const link of [...(focused?.file.imports ?? []), ...(focused?.file.importers ?? [])]) {
    named.add(link.file.path)
  }
  for (const path of named) {
    const place = path === undefined ? undefined : layout.byPath.get(path)
    if (!place) continue
    const [x, y] = toScreen(place.x, place.y + 16)
    labels.draw(place.file.name, x, y + 10, { font: `600 12px ${sans}`, color: theme.text, halo })
  }
  const folders = [...layout.folders].sort((a, b) => b.radius - a.radius)
  for (const folder of folders) {
    const onScreen = folder.radius * view.scale
    if (onScreen < 26 || onScreen > 1.6 * Math.max(view.width, view.height)) continue
    const [x, top] = toScreen(folder.x, folder.y - folder.radius)
    // Below its line: on it are files of the folder around it.
    const y = onScreen > 160 ? top + 12 : top + 1
    if (x < -100 || x > view.width + 100 || y < -20 || y > view.height + 20) continue
    const size = onScreen > 160 ? 14 : onScreen > 70 ? 12 : 11
    const style = { font: `600 ${size}px ${sans}`, color: theme.dim, halo }
    labels.draw(folder.name, x, y, { ...style, mostWidth: Math.max(60, 1.7 * onScreen) })
  }
  const width = (fileDiameter + 2) * view.scale
  if (width < nearestFiles) return
  const mostWidth = Math.max(width, narrowestLabel)
  for (const place of layout.places) {
    if (!isInView(place, view) || named.has(place.file.path)) continue
    if (emphasis.found && !emphasis.found.has(place.file.path)) continue
    const [x, y] = toScreen(place.x, place.y + 13)
    const style = { font: `11px ${sans}`, color: theme.text, halo, mostWidth }
    labels.draw(place.file.name, x, y + 7, style)
  }
}
