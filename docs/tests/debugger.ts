/** Where a process has stopped. */
export interface Stop {
  /** What the module is called to whoever debugs it. */
  url: string | undefined
  /** Counted from 0. */
  lineNumber: number
}

interface Paused {
  callFrames: { location: { scriptId: string; lineNumber: number } }[]
}

/** What an editor does to debug a process: the inspector's protocol on a WebSocket. */
export class Debugger {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (result: unknown) => void>()
  readonly #scripts = new Map<string, string>()
  readonly #stops: Stop[] = []
  #onPaused: ((stop: Stop) => void) | undefined
  #last = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      const { id, result, method, params } = JSON.parse(String(data))
      if (method === 'Debugger.scriptParsed') this.#scripts.set(params.scriptId, params.url)
      if (method === 'Debugger.paused') this.#stopped(params)
      else this.#waiting.get(id)?.(result)
    })
  }

  /** @param address as Node prints it: `Debugger listening on ws://…` */
  static async attach(address: string): Promise<Debugger> {
    const socket = new WebSocket(address)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true })
      socket.addEventListener('error', reject, { once: true })
    })
    return new Debugger(socket)
  }

  send(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#last
    this.#socket.send(JSON.stringify({ id, method, params }))
    return new Promise((resolve) => this.#waiting.set(id, resolve))
  }

  /** Waits until the process stops at a breakpoint. */
  async paused(): Promise<Stop> {
    const stop = this.#stops.shift()
    if (stop) return stop
    return new Promise((resolve) => {
      this.#onPaused = resolve
    })
  }

  close(): void {
    this.#socket.close()
  }

  #stopped({ callFrames: [frame] }: Paused): void {
    if (!frame) return
    const { scriptId, lineNumber } = frame.location
    const stop = { url: this.#scripts.get(scriptId), lineNumber }
    if (this.#onPaused) this.#onPaused(stop)
    else this.#stops.push(stop)
    this.#onPaused = undefined
  }
}
