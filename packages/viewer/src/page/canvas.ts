import { type Quadtree, quadtree } from 'd3-quadtree'
import { select } from 'd3-selection'
import { type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from 'd3-zoom'
import type { Layout, Place } from './layout.ts'
import { type Emphasis, glowTime, Painter } from './painter.ts'
import { readTheme, type Theme } from './theme.ts'

export interface CanvasEvents {
  picked(path: string | undefined): void
  hovered(path: string | undefined): void
}

/** The drawing: pans, zooms, finds what is under the pointer, and draws when there is something new. */
export class GraphCanvas {
  readonly #canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  readonly #zoom: ZoomBehavior<HTMLCanvasElement, unknown>
  readonly #stop = new AbortController()
  readonly #resize: ResizeObserver
  #painter: Painter | undefined
  #tree: Quadtree<Place> | undefined
  #transform: ZoomTransform = zoomIdentity
  #theme: Theme = readTheme()
  #emphasis: Emphasis = {
    selected: undefined,
    hovered: undefined,
    found: undefined,
    failed: new Set(),
    glowing: new Map(),
  }
  #size = { width: 1, height: 1 }
  #frame = 0
  /** The user has moved it: nothing else does. */
  #isMoved = false

  constructor(canvas: HTMLCanvasElement, events: CanvasEvents) {
    const context = canvas.getContext('2d')
    if (!context) throw new Error('this browser has no canvas')
    this.#canvas = canvas
    this.#context = context
    const { signal } = this.#stop
    this.#zoom = zoom<HTMLCanvasElement, unknown>()
      .scaleExtent([0.02, 6])
      .on('zoom', ({ transform, sourceEvent }) => {
        this.#transform = transform
        if (sourceEvent) this.#isMoved = true
        this.redraw()
      })
    select(canvas).call(this.#zoom).on('dblclick.zoom', null)
    canvas.addEventListener('click', (event) => events.picked(this.#at(event)), { signal })
    canvas.addEventListener('pointermove', (event) => events.hovered(this.#at(event)), { signal })
    canvas.addEventListener('pointerleave', () => events.hovered(undefined), { signal })
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.restyle(), {
      signal,
    })
    this.#resize = new ResizeObserver(() => this.#measure())
    this.#resize.observe(canvas)
    this.#measure()
  }

  /** Shows another layout; `keep` leaves the view where it is. */
  show(layout: Layout, keep: boolean): void {
    this.#painter = new Painter(layout)
    this.#tree = quadtree(
      layout.places,
      ({ x }) => x,
      ({ y }) => y,
    )
    if (keep && this.#isMoved) this.redraw()
    else this.fit()
  }

  emphasize(emphasis: Emphasis): void {
    this.#emphasis = emphasis
    this.redraw()
  }

  /** Everything is in view. */
  fit(): void {
    this.#isMoved = false
    const bounds = this.#painter?.layout.bounds
    if (!bounds || bounds.right < bounds.left) {
      this.redraw()
      return
    }
    const { width, height } = this.#size
    const margin = 28
    const [wide, high] = [bounds.right - bounds.left, bounds.bottom - bounds.top]
    const scale = Math.min((width - 2 * margin) / wide, (height - 2 * margin) / high, 1.25)
    this.#go((bounds.left + bounds.right) / 2, (bounds.top + bounds.bottom) / 2, scale)
  }

  zoomBy(factor: number): void {
    this.#isMoved = true
    select(this.#canvas).call(this.#zoom.scaleBy, factor)
  }

  /** Moves to a file, near enough to read it. */
  reveal(path: string): void {
    const place = this.#painter?.layout.byPath.get(path)
    if (!place) return
    this.#isMoved = true
    const nearEnough = this.#painter?.layout.kind === 'layers' ? 0.8 : 1.3
    this.#go(place.x, place.y, Math.max(this.#transform.k, nearEnough))
  }

  /** Where a file is drawn, in pixels of the page. */
  placeOf(path: string): { x: number; y: number } | undefined {
    const place = this.#painter?.layout.byPath.get(path)
    if (!place) return undefined
    const [x, y] = this.#transform.apply([place.x, place.y])
    const { left, top } = this.#canvas.getBoundingClientRect()
    return { x: left + x, y: top + y }
  }

  restyle(): void {
    this.#theme = readTheme()
    this.redraw()
  }

  redraw(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw())
  }

  close(): void {
    this.#stop.abort()
    this.#resize.disconnect()
    cancelAnimationFrame(this.#frame)
  }

  #go(x: number, y: number, scale: number): void {
    const { width, height } = this.#size
    const transform = zoomIdentity
      .translate(width / 2, height / 2)
      .scale(scale)
      .translate(-x, -y)
    select(this.#canvas).call(this.#zoom.transform, transform)
  }

  #draw(): void {
    this.#frame = 0
    const ratio = devicePixelRatio
    const { x, y, k: scale } = this.#transform
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0)
    const view = { x, y, scale, ...this.#size }
    this.#painter?.draw(this.#context, view, this.#theme, this.#emphasis)
    const now = performance.now()
    const glows = [...this.#emphasis.glowing.values()].some((since) => now - since < glowTime)
    if (glows) this.redraw()
  }

  #measure(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas
    this.#size = { width: Math.max(1, width), height: Math.max(1, height) }
    this.#canvas.width = Math.round(width * devicePixelRatio)
    this.#canvas.height = Math.round(height * devicePixelRatio)
    if (this.#isMoved) this.redraw()
    else this.fit()
  }

  #at(event: MouseEvent): string | undefined {
    const layout = this.#painter?.layout
    if (!layout) return undefined
    const { left, top } = this.#canvas.getBoundingClientRect()
    const [x, y] = this.#transform.invert([event.clientX - left, event.clientY - top])
    if (layout.kind === 'folders') return this.#tree?.find(x, y, 18)?.file.path
    return layout.places.find(
      (place) =>
        Math.abs(x - place.x) <= place.width / 2 && Math.abs(y - place.y) <= place.height / 2,
    )?.file.path
  }
}
