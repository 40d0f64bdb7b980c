import type { FileKind } from 'hot-hook/protocol'
import type { FileNode, Model } from '../model.ts'
import { drawCards } from './cards.ts'
import { drawArrow, drawGlyph, glyph, glyphSize, paint } from './glyphs.ts'
import type { Layout } from './layout.ts'
import { drawMarks } from './marks.ts'
import { drawNames } from './names.ts'
import type { Theme } from './theme.ts'
import type { Emphasis, View } from './view.ts'

/** So many files are drawn larger than they are from far away. */
const mostSpecial = 200
/** So many files are drawn with their imports while the view moves. */
const mostWhileMoving = 600

interface Batch {
  kind: FileKind
  hot: boolean
  path: Path2D
}

/** Draws one layout; what does not change from frame to frame is kept as paths. */
export class Painter {
  readonly layout: Layout
  readonly #edges = new Path2D()
  #batches: Batch[] = []

  constructor(layout: Layout) {
    this.layout = layout
    for (const { file } of layout.places) {
      for (const link of file.imports) this.#addEdge(this.#edges, file, link.file)
    }
    if (layout.kind === 'folders') this.#batch()
  }

  /**
   * The same files, as they are now.
   *
   * @returns whether the ground is another one
   */
  refresh(model: Model): boolean {
    let isOther = false
    for (const place of this.layout.places) {
      const file = model.byPath.get(place.file.path)
      if (!file) continue
      isOther ||= file.kind !== place.file.kind || file.hot !== place.file.hot
      place.file = file
    }
    if (isOther && this.layout.kind === 'folders') this.#batch()
    return isOther
  }

  /**
   * What stays while nobody moves: folders, imports, files and their names.
   *
   * @param isMoving many lines cost more than a frame has time for
   */
  drawGround(
    context: CanvasRenderingContext2D,
    view: View,
    theme: Theme,
    found: Emphasis['found'],
    isMoving: boolean,
  ): void {
    const { layout } = this
    context.fillStyle = theme.ground
    context.fillRect(0, 0, view.width, view.height)
    context.save()
    context.translate(view.x, view.y)
    context.scale(view.scale, view.scale)
    this.#drawFolders(context, view, theme)
    if (!isMoving || layout.places.length <= mostWhileMoving) {
      context.lineWidth = (layout.kind === 'layers' ? 1.2 : 0.7) / Math.max(view.scale, 0.35)
      context.strokeStyle = theme.line
      const faint = layout.kind === 'layers' ? 0.55 : edgeAlpha(layout.places.length)
      context.globalAlpha = found === undefined ? faint : faint * 0.4
      context.stroke(this.#edges)
      context.globalAlpha = 1
    }
    if (layout.kind === 'folders') this.#drawGlyphs(context, theme, found, view.scale)
    context.restore()
  }

  /** What changes by itself, or with the pointer. */
  drawTop(context: CanvasRenderingContext2D, view: View, theme: Theme, emphasis: Emphasis): void {
    const isLayers = this.layout.kind === 'layers'
    context.save()
    context.translate(view.x, view.y)
    context.scale(view.scale, view.scale)
    this.#drawFocus(context, view, theme, emphasis.hovered ?? emphasis.selected)
    if (isLayers) drawCards(context, this.layout, view, theme, emphasis)
    drawMarks(context, this.layout, view, theme, emphasis)
    context.restore()
    if (!isLayers) drawNames(context, this.layout, view, theme, emphasis)
  }

  #batch(): void {
    const batches = new Map<string, Batch>()
    for (const { file, x, y } of this.layout.places) {
      const key = `${file.kind} ${file.hot}`
      let batch = batches.get(key)
      if (!batch) {
        batch = { kind: file.kind, hot: file.hot, path: new Path2D() }
        batches.set(key, batch)
      }
      const size = glyphSize(file)
      batch.path.addPath(glyph(file.kind), new DOMMatrix([size, 0, 0, size, x, y]))
    }
    this.#batches = [...batches.values()]
  }

  #addEdge(path: Path2D, importer: FileNode, dependency: FileNode): void {
    const from = this.layout.byPath.get(importer.path)
    const to = this.layout.byPath.get(dependency.path)
    if (!from || !to || from === to) return
    if (this.layout.kind === 'folders') {
      path.moveTo(from.x, from.y)
      path.lineTo(to.x, to.y)
      return
    }
    const [startX, endX] = [from.x + from.width / 2, to.x - to.width / 2]
    const bend = Math.max(30, Math.abs(endX - startX) / 2)
    path.moveTo(startX, from.y)
    path.bezierCurveTo(startX + bend, from.y, endX - bend, to.y, endX, to.y)
  }

  #drawFolders(context: CanvasRenderingContext2D, view: View, theme: Theme): void {
    context.fillStyle = theme.folder
    context.strokeStyle = theme.folderLine
    context.lineWidth = 1 / view.scale
    for (const { x, y, radius } of this.layout.folders) {
      context.beginPath()
      context.arc(x, y, radius, 0, 2 * Math.PI)
      context.fill()
      context.stroke()
    }
  }

  #drawGlyphs(
    context: CanvasRenderingContext2D,
    theme: Theme,
    found: Emphasis['found'],
    scale: number,
  ): void {
    context.globalAlpha = found === undefined ? 1 : 0.18
    for (const { kind, hot, path } of this.#batches) {
      paint(context, path, theme.kinds[kind], theme.surface, hot, 2.4)
    }
    context.globalAlpha = 1
    if (found === undefined) {
      this.#drawSpecial(context, theme, scale)
      return
    }
    for (const place of this.layout.places) {
      if (found.has(place.file.path)) drawGlyph(context, place.file, place.x, place.y, theme)
    }
  }

  /** From far away the entry and its like are larger than they should be: they are what one looks for. */
  #drawSpecial(context: CanvasRenderingContext2D, theme: Theme, scale: number): void {
    const growth = 6 / (10.5 * scale)
    if (growth <= 1) return
    const special = this.layout.places.filter(({ file }) => file.kind !== 'module')
    if (special.length > mostSpecial) return
    for (const { file, x, y } of special) drawGlyph(context, file, x, y, theme, growth)
  }

  /** What the file imports and who imports it, with the directions. */
  #drawFocus(
    context: CanvasRenderingContext2D,
    view: View,
    theme: Theme,
    focus: string | undefined,
  ): void {
    const place = focus === undefined ? undefined : this.layout.byPath.get(focus)
    if (!place) return
    const { file } = place
    for (const [links, color, isImport] of [
      [file.imports, theme.imports, true],
      [file.importers, theme.importers, false],
    ] as const) {
      const path = new Path2D()
      for (const link of links) {
        if (isImport) this.#addEdge(path, file, link.file)
        else this.#addEdge(path, link.file, file)
      }
      context.lineWidth = 1.8 / Math.max(view.scale, 0.3)
      context.strokeStyle = color
      context.stroke(path)
      if (this.layout.kind === 'layers') continue
      for (const link of links) {
        const other = this.layout.byPath.get(link.file.path)
        if (!other) continue
        if (isImport) drawArrow(context, place, other, color, view.scale)
        else drawArrow(context, other, place, color, view.scale)
        drawGlyph(context, other.file, other.x, other.y, theme)
      }
    }
    if (this.layout.kind === 'folders') drawGlyph(context, file, place.x, place.y, theme)
  }
}

/** Many lines cover everything unless each is fainter. */
function edgeAlpha(files: number): number {
  return Math.max(0.1, Math.min(0.5, 60 / files))
}
