import type { EventRecord } from 'hot-hook/protocol'
import { followFeed } from '../refresh/browser/feed.ts'
import type { Boot, WireEvent, WireExplanation, WireGraph } from '../wire.ts'
import { emptyModel, type Model, readModel, shorten } from './model.ts'
import { lineOf } from './texts.ts'

/** How the process is, as far as the events tell. */
export type Health = 'running' | 'starting' | 'crashed' | 'ended'

const shownEvents = 1_000
/** Events that come together ask for the graph once, in milliseconds. */
const graphPause = 120
/** A large graph is asked for so seldom that this part of the time goes into it at most. */
const graphShare = 0.2

/** The program that the page shows: its graph, its events, and what is known of its process. */
export class Program {
  readonly boot: Boot
  model: Model = emptyModel
  /** The newest first. */
  events: WireEvent[] = []
  /** Events that have come in all. */
  count = 0
  connected = false
  isLive: boolean
  health: Health = 'running'
  pid: number | null = null
  port: number | null = null
  /** A process waits for the next full reload. */
  standsBy = false
  isPaused = false
  failed = new Set<string>()
  /** By file, when it was loaded by an update, by `performance.now()`. */
  glowing = new Map<string, number>()
  /** What is known of an error that nobody has mended yet. */
  error: EventRecord | undefined
  #explanations = new Map<string, WireExplanation>()
  readonly #changed: () => void
  #lastId = 0
  #isTelling = false
  #isAsking = false
  #isDue = false
  #pause = graphPause

  constructor(boot: Boot, changed: () => void) {
    this.boot = boot
    this.#changed = changed
    this.isLive = boot.base !== undefined
  }

  start(): void {
    const { base, graph, explanations = [] } = this.boot
    if (graph) this.#setGraph(graph)
    for (const explanation of explanations) this.#explanations.set(explanation.path, explanation)
    if (base === undefined) return
    followFeed(new URL(`${base}&view=events`, location.href).href, `${base}&view=worker`, {
      open: () => this.#connect(true),
      lost: () => this.#connect(false),
      data: (data) => this.#receive(JSON.parse(data) as WireEvent),
    })
  }

  /** What a save of the file would do. */
  async explain(path: string): Promise<WireExplanation | undefined> {
    const { base } = this.boot
    if (base === undefined) return this.#explanations.get(path)
    const answer = await fetch(`${base}&view=explain&file=${encodeURIComponent(path)}`)
    return answer.ok ? ((await answer.json()) as WireExplanation) : undefined
  }

  #connect(connected: boolean): void {
    this.connected = connected
    if (connected) void this.#ask()
    this.#tell()
  }

  #receive(event: WireEvent): void {
    // Another process numbers anew, in larger numbers; what comes twice is known.
    if (event.id <= this.#lastId) return
    this.#lastId = event.id
    this.count++
    this.events = [event, ...this.events.slice(0, shownEvents - 1)]
    this.#apply(event.record)
    this.#askSoon()
    this.#tell()
  }

  #apply(record: EventRecord): void {
    const short = (path: string) => shorten(path, this.model.root)
    switch (record.event) {
      case 'update':
        this.#recovered([...record.files, ...record.modules].map(short))
        if (Date.now() - record.time < 5_000) {
          for (const path of record.modules) this.glowing.set(short(path), performance.now())
        }
        return
      case 'error':
        this.failed = new Set([...this.failed, short(record.file)])
        this.error = record
        return
      case 'start':
        this.health = 'starting'
        this.pid = record.pid
        this.failed = new Set()
        this.error = undefined
        return
      case 'hot':
        this.health = 'running'
        return
      case 'standby':
        this.standsBy = record.state === 'waiting'
        return
      case 'pause':
        this.isPaused = record.paused
        return
      case 'listening':
        this.health = 'running'
        this.port = record.port
        return
      case 'crash':
        if (!record.oldServes) this.health = 'crashed'
        this.error = record
        if (record.location) this.failed = new Set([...this.failed, short(record.location.file)])
        return
      case 'full-reload':
        // The server ends with the process: nothing is asked until it is there again.
        if (this.boot.endsWithProcess) this.connected = false
        return
      case 'exit':
        this.health = 'ended'
    }
  }

  #recovered(loaded: string[]): void {
    const healed = new Set(loaded)
    this.failed = new Set([...this.failed].filter((path) => !healed.has(path)))
    if (this.failed.size === 0 && this.error?.event === 'error') this.error = undefined
  }

  #askSoon(): void {
    if (this.#isDue || !this.connected) return
    this.#isDue = true
    setTimeout(() => {
      this.#isDue = false
      void this.#ask()
    }, this.#pause)
  }

  async #ask(): Promise<void> {
    if (!this.connected) return
    if (this.#isAsking) return this.#askSoon()
    this.#isAsking = true
    const asked = performance.now()
    try {
      const answer = await fetch(`${this.boot.base}&view=graph`)
      if (answer.ok) this.#setGraph((await answer.json()) as WireGraph)
      this.#pause = Math.max(graphPause, (performance.now() - asked) / graphShare)
    } catch {
      // The server restarts: the stream says when it is there again.
    } finally {
      this.#isAsking = false
    }
  }

  #setGraph(graph: WireGraph): void {
    const hadRoot = this.model.root
    this.model = readModel(graph)
    // What came before the root was known.
    if (hadRoot !== graph.root)
      this.failed = new Set([...this.failed].map((path) => shorten(path, graph.root)))
    this.#tell()
  }

  /** Many changes are one redraw. */
  #tell(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    requestAnimationFrame(() => {
      this.#isTelling = false
      this.#changed()
    })
  }

  lineOf(event: WireEvent): ReturnType<typeof lineOf> {
    return lineOf(event.record, this.model.root)
  }
}
