import type { FileKind } from 'hot-hook/protocol'

export interface KindLook {
  name: string
  /** What it means, one sentence. */
  meaning: string
  /** Outline in a square from -1 to 1, as SVG writes it. */
  shape: string
}

/** Shapes tell the kinds apart for those who see no colours; the colours are Okabe and Ito's. */
export const kinds: Record<FileKind, KindLook> = {
  entry: {
    name: 'entry',
    meaning: 'The program starts here: a save restarts it.',
    shape: 'M0-1.1 .32-.37 1.08-.31 .5.2 .68.95 0 .54-.68.95-.5.2-1.08-.31-.32-.37Z',
  },
  boundary: {
    name: 'boundary',
    meaning: 'Some import() asks for it each time and gets the saved code.',
    shape: 'M0-1.1 1.1 0 0 1.1-1.1 0Z',
  },
  accepting: {
    name: 'accepting',
    meaning: 'It accepts itself or something that it imports.',
    shape: 'M0-1 1.1.85-1.1.85Z',
  },
  module: {
    name: 'module',
    meaning: 'Reloaded with those who import it.',
    shape: 'M0-.9A.9.9 0 1 1 0 .9 .9.9 0 1 1 0-.9Z',
  },
  wiring: {
    name: 'wiring',
    meaning: 'Imported with import() while the program started up, and not asked for since.',
    shape: 'M-.5-.87.5-.87 1 0 .5.87-.5.87-1 0Z',
  },
  restart: {
    name: 'restart',
    meaning: 'A change that reaches it starts the process again.',
    shape: 'M-.85-.85.85-.85.85.85-.85.85Z',
  },
  resource: {
    name: 'watched file',
    meaning: 'No module: modules depend on it with import.meta.hot.watch().',
    shape: 'M-.65-.95.25-.95.7-.5.7.95-.65.95Z',
  },
  ignored: {
    name: 'ignored',
    meaning: 'In an ignored package: never hot.',
    shape: 'M-.9-.5-.5-.9 0-.4.5-.9.9-.5.4 0 .9.5.5.9 0 .4-.5.9-.9.5-.4 0Z',
  },
}

export const kindNames = Object.keys(kinds) as FileKind[]
