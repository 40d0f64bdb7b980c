interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/** Draws texts that do not overlap: what comes first has its place. Coordinates of the screen. */
export class Labels {
  readonly #context: CanvasRenderingContext2D
  readonly #taken: Box[] = []

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context
  }

  /** @returns whether there was room */
  draw(
    text: string,
    x: number,
    y: number,
    style: { font: string; color: string; halo: string; mostWidth?: number },
  ): boolean {
    const context = this.#context
    context.font = style.font
    const shown = style.mostWidth === undefined ? text : fit(context, text, style.mostWidth)
    const half = context.measureText(shown).width / 2
    const box = { left: x - half - 3, right: x + half + 3, top: y - 8, bottom: y + 8 }
    if (this.#taken.some((other) => overlap(box, other))) return false
    this.#taken.push(box)
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    context.lineJoin = 'round'
    context.lineWidth = 3.5
    context.strokeStyle = style.halo
    context.strokeText(shown, x, y)
    context.fillStyle = style.color
    context.fillText(shown, x, y)
    return true
  }
}

/** The text, or as much of its middle left out as makes it fit: the ends of names tell most. */
export function fit(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text
  let kept = text.length - 1
  const cut = () =>
    `${text.slice(0, Math.ceil(kept / 2))}…${text.slice(text.length - Math.floor(kept / 2))}`
  while (kept > 2 && context.measureText(cut()).width > width) kept--
  return cut()
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
