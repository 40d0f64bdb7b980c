import type { EventRecord } from 'hot-hook/protocol'
import type { Source } from '../sources/source.ts'
import type { WireEvent, WireLoad } from '../wire.ts'

const mostEvents = 2_000
/** Paths in the events that are kept: an update of a large program names thousands. */
const mostPaths = 200_000

/** What has happened since it began, for those who come later, and for those who follow. */
export class Journal {
  /** How each file was last loaded by an update. */
  readonly loads = new Map<string, WireLoad>()
  readonly #events: WireEvent[] = []
  readonly #listeners = new Set<(event: WireEvent) => void>()
  readonly #end: () => void
  // Those of the process that comes after this one are larger.
  #id = Date.now() * 1_000
  #paths = 0

  constructor(source: Source) {
    this.#end = source.subscribe((record) => this.#add(record))
  }

  /** The events that came after the one with this number. */
  since(id: number): WireEvent[] {
    return this.#events.filter((event) => event.id > id)
  }

  /** @returns a function that ends it */
  follow(listener: (event: WireEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#end()
    this.#listeners.clear()
  }

  #add(record: EventRecord): void {
    const event = { id: ++this.#id, record }
    this.#note(record)
    this.#events.push(event)
    this.#paths += pathsOf(record)
    while (this.#events.length > mostEvents || this.#paths > mostPaths) {
      const dropped = this.#events.shift()
      if (!dropped) break
      this.#paths -= pathsOf(dropped.record)
    }
    for (const listener of this.#listeners) listener(event)
  }

  #note(record: EventRecord): void {
    if (record.event === 'start') this.loads.clear()
    if (record.event === 'prune') this.loads.delete(record.file)
    if (record.event !== 'update') return
    const { time, durationMs, modules } = record
    for (const file of modules) this.loads.set(file, { time, durationMs, modules: modules.length })
  }
}

function pathsOf(record: EventRecord): number {
  return 'modules' in record ? record.modules.length + 1 : 1
}
