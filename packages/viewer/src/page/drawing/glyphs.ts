import type { FileKind } from 'hot-hook/protocol'
import { kindNames, kinds } from '../kinds.ts'
import type { FileNode } from '../model.ts'
import type { Place } from './layout.ts'
import type { Theme } from './theme.ts'

const glyphs = new Map(kindNames.map((kind) => [kind, new Path2D(kinds[kind].shape)]))

/** The outline of a kind, 2 wide. */
export function glyph(kind: FileKind): Path2D {
  return glyphs.get(kind) ?? new Path2D()
}

export function glyphSize(file: FileNode): number {
  return file.kind === 'entry' ? 13 : 10.5
}

export function drawGlyph(
  context: CanvasRenderingContext2D,
  file: FileNode,
  x: number,
  y: number,
  theme: Theme,
  growth = 1,
): void {
  const size = glyphSize(file) * growth
  const path = new Path2D()
  path.addPath(glyph(file.kind), new DOMMatrix([size, 0, 0, size, x, y]))
  paint(context, path, theme.kinds[file.kind], theme.surface, file.hot, 2.4 * growth)
}

/** Filled: a save is hot. Hollow: a save restarts. */
export function paint(
  context: CanvasRenderingContext2D,
  path: Path2D,
  color: string,
  surface: string,
  hot: boolean,
  lineWidth: number,
): void {
  context.fillStyle = hot ? color : surface
  context.fill(path)
  context.strokeStyle = color
  context.lineWidth = lineWidth
  context.stroke(path)
}

export function drawArrow(
  context: CanvasRenderingContext2D,
  from: Place,
  to: Place,
  color: string,
  scale: number,
): void {
  const angle = Math.atan2(to.y - from.y, to.x - from.x)
  const size = 7 / Math.max(scale, 0.5)
  const [x, y] = [to.x - 14 * Math.cos(angle), to.y - 14 * Math.sin(angle)]
  context.beginPath()
  context.moveTo(x, y)
  context.lineTo(x - size * Math.cos(angle - 0.45), y - size * Math.sin(angle - 0.45))
  context.lineTo(x - size * Math.cos(angle + 0.45), y - size * Math.sin(angle + 0.45))
  context.fillStyle = color
  context.fill()
}
