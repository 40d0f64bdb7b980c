import { type Quadtree, quadtree } from 'd3-quadtree'
import { select } from 'd3-selection'
import { type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from 'd3-zoom'
import type { Model } from '../model.ts'
import type { Layout, Place } from './layout.ts'
import { Painter } from './painter.ts'
import { readTheme, type Theme } from './theme.ts'
import { type Emphasis, glowTime } from './view.ts'

export interface CanvasEvents {
  picked(path: string | undefined): void
  hovered(path: string | undefined): void
}

/** The view rests when it has not moved for so long, in milliseconds. */
const restTime = 120

/** The drawing: pans, zooms, finds what is under the pointer, and draws when there is something new. */
export class GraphCanvas {
  readonly #canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  /** What stays while nobody moves is drawn once. */
  readonly #ground: CanvasRenderingContext2D
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
  #isGroundOld = true
  readonly #isCalm = matchMedia('(prefers-reduced-motion: reduce)')
  /** The view moves; it is drawn in full when it rests. */
  #rest: ReturnType<typeof setTimeout> | undefined
  /** The user has moved it: nothing else does. */
  #isMoved = false

  constructor(canvas: HTMLCanvasElement, events: CanvasEvents) {
    const context = canvas.getContext('2d')
    const ground = document.createElement('canvas').getContext('2d')
    if (!context || !ground) throw new Error('this browser has no canvas')
    this.#ground = ground
    this.#canvas = canvas
    this.#context = context
    const { signal } = this.#stop
    this.#zoom = zoom<HTMLCanvasElement, unknown>()
      .scaleExtent([0.02, 6])
      .on('zoom', ({ transform, sourceEvent }) => {
        this.#transform = transform
        if (sourceEvent) this.#moves()
        this.#redrawGround()
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
    if (keep && this.#isMoved) this.#redrawGround()
    else this.fit()
  }

  /** The same files, as they are now. */
  refresh(model: Model): void {
    if (this.#painter?.refresh(model)) this.#redrawGround()
    else this.redraw()
  }

  emphasize(emphasis: Emphasis): void {
    const isSame = emphasis.found === this.#emphasis.found
    this.#emphasis = emphasis
    if (isSame) this.redraw()
    else this.#redrawGround()
  }

  /** Everything is in view. */
  fit(): void {
    this.#isMoved = false
    const bounds = this.#painter?.layout.bounds
    if (!bounds || bounds.right < bounds.left) {
      this.#redrawGround()
      return
    }
    const { width, height } = this.#size
    const margin = 28
    const [wide, high] = [bounds.right - bounds.left, bounds.bottom - bounds.top]
    const largest = this.#painter?.layout.kind === 'folders' ? 2.6 : 1.25
    const scale = Math.min((width - 2 * margin) / wide, (height - 2 * margin) / high, largest)
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
    const nearEnough = this.#painter?.layout.kind === 'layers' ? 0.8 : 2.4
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
    this.#redrawGround()
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
    const view = { x, y, scale, ...this.#size }
    const [ground, top] = [this.#ground, this.#context]
    if (this.#isGroundOld) {
      this.#isGroundOld = false
      ground.canvas.width = this.#canvas.width
      ground.canvas.height = this.#canvas.height
      ground.setTransform(ratio, 0, 0, ratio, 0, 0)
      const isMoving = this.#rest !== undefined
      this.#painter?.drawGround(ground, view, this.#theme, this.#emphasis.found, isMoving)
    }
    top.setTransform(1, 0, 0, 1, 0, 0)
    top.drawImage(ground.canvas, 0, 0)
    top.setTransform(ratio, 0, 0, ratio, 0, 0)
    this.#painter?.drawTop(top, view, this.#theme, this.#emphasis)
    const now = performance.now()
    const glows = [...this.#emphasis.glowing.values()].some((since) => now - since < glowTime)
    if (glows && !this.#isCalm.matches) this.redraw()
  }

  #measure(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas
    this.#size = { width: Math.max(1, width), height: Math.max(1, height) }
    this.#canvas.width = Math.round(width * devicePixelRatio)
    this.#canvas.height = Math.round(height * devicePixelRatio)
    if (this.#isMoved) this.#redrawGround()
    else this.fit()
  }

  #moves(): void {
    this.#isMoved = true
    clearTimeout(this.#rest)
    this.#rest = setTimeout(() => {
      this.#rest = undefined
      this.#redrawGround()
    }, restTime)
  }

  #redrawGround(): void {
    this.#isGroundOld = true
    this.redraw()
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
