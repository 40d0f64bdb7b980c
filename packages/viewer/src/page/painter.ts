import type { FileKind } from 'hot-hook/protocol'
import { kindNames, kinds } from './kinds.ts'
import { fit, Labels } from './labels.ts'
import { fileDiameter, type Layout, type Place } from './layout.ts'
import type { FileNode, Model } from './model.ts'
import type { Theme } from './theme.ts'

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
/** Files have their names when they are so far from each other, in pixels. */
const nearestFiles = 40
/** A name in less room says nothing, in pixels. */
const narrowestLabel = 84
/** So many files are drawn larger than they are from far away. */
const mostSpecial = 200
/** So many files are drawn with their imports while the view moves. */
const mostWhileMoving = 600
const sans = 'ui-sans-serif, system-ui, "Segoe UI", "DejaVu Sans", sans-serif'
const glyphs = new Map(kindNames.map((kind) => [kind, new Path2D(kinds[kind].shape)]))

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
    if (isLayers) this.#drawCards(context, view, theme, emphasis)
    this.#drawMarks(context, view, theme, emphasis)
    context.restore()
    if (!isLayers) this.#drawLabels(context, view, theme, emphasis)
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

  /** A card for each file: its sign, its name, and where it is. */
  #drawCards(
    context: CanvasRenderingContext2D,
    view: View,
    theme: Theme,
    { found, selected, hovered }: Emphasis,
  ): void {
    const isReadable = view.scale > 0.35
    for (const place of this.layout.places) {
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

  /** Rings: what was just loaded, what is stale, what failed, what is selected. */
  #drawMarks(
    context: CanvasRenderingContext2D,
    view: View,
    theme: Theme,
    emphasis: Emphasis,
  ): void {
    const now = performance.now()
    const ring = (path: string, color: string, grow: number, alpha: number, dash: number[]) => {
      const place = this.layout.byPath.get(path)
      if (!place) return
      context.globalAlpha = alpha
      context.strokeStyle = color
      context.lineWidth = 2.5 / Math.max(view.scale, 0.4)
      context.setLineDash(dash)
      context.beginPath()
      const { x, y, width, height } = place
      if (this.layout.kind === 'folders') context.arc(x, y, 15 + grow, 0, 2 * Math.PI)
      else {
        const [w, h] = [width + 2 * grow, height + 2 * grow]
        context.roundRect(x - w / 2, y - h / 2, w, h, 8 + grow)
      }
      context.stroke()
    }
    for (const { file } of this.layout.places) {
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

  #drawLabels(
    context: CanvasRenderingContext2D,
    view: View,
    theme: Theme,
    emphasis: Emphasis,
  ): void {
    const labels = new Labels(context)
    const toScreen = (x: number, y: number) =>
      [x * view.scale + view.x, y * view.scale + view.y] as const
    const halo = theme.ground
    const named = new Set([emphasis.selected, emphasis.hovered])
    const focused = this.layout.byPath.get(emphasis.hovered ?? emphasis.selected ?? '')
    for (const link of [...(focused?.file.imports ?? []), ...(focused?.file.importers ?? [])]) {
      named.add(link.file.path)
    }
    for (const path of named) {
      const place = path === undefined ? undefined : this.layout.byPath.get(path)
      if (!place) continue
      const [x, y] = toScreen(place.x, place.y + 16)
      labels.draw(place.file.name, x, y + 10, { font: `600 12px ${sans}`, color: theme.text, halo })
    }
    const folders = [...this.layout.folders].sort((a, b) => b.radius - a.radius)
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
    for (const place of this.layout.places) {
      if (!isInView(place, view) || named.has(place.file.path)) continue
      if (emphasis.found && !emphasis.found.has(place.file.path)) continue
      const [x, y] = toScreen(place.x, place.y + 13)
      const style = { font: `11px ${sans}`, color: theme.text, halo, mostWidth }
      labels.draw(place.file.name, x, y + 7, style)
    }
  }
}

/** How wide the card of a file is. */
export function cardWidth(context: CanvasRenderingContext2D, file: FileNode): number {
  context.font = `600 13px ${sans}`
  const name = context.measureText(file.name).width
  context.font = `11px ${sans}`
  const folder = context.measureText(shownFolder(file)).width
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
  const folder = shownFolder(file)
  context.font = `600 13px ${sans}`
  context.fillStyle = theme.text
  context.fillText(fit(context, file.name, 210), x, folder === '' ? y : y - 7)
  if (folder === '') return
  context.font = `11px ${sans}`
  context.fillStyle = theme.dim
  context.fillText(fit(context, folder, 210), x, y + 9)
}

function shownFolder(file: FileNode): string {
  return file.folder
}

function glyph(kind: FileKind): Path2D {
  return glyphs.get(kind) ?? new Path2D()
}

function glyphSize(file: FileNode): number {
  return file.kind === 'entry' ? 13 : 10.5
}

function drawGlyph(
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
function paint(
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

function drawArrow(
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

function isInView({ x, y, width, height }: Place, view: View): boolean {
  const left = (x - width / 2) * view.scale + view.x
  const top = (y - height / 2) * view.scale + view.y
  const right = left + width * view.scale
  const bottom = top + height * view.scale
  return right > 0 && left < view.width && bottom > 0 && top < view.height
}

/** Many lines cover everything unless each is fainter. */
function edgeAlpha(files: number): number {
  return Math.max(0.1, Math.min(0.5, 60 / files))
}
