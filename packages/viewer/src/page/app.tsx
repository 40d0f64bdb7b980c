import type { FileKind } from 'hot-hook/protocol'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { GraphCanvas } from './drawing/canvas.ts'
import { cardWidth } from './drawing/cards.ts'
import { layoutFolders, layoutLayers, mostInLayers } from './drawing/layout.ts'
import { useKeys } from './keyboard.ts'
import { Legend } from './legend.tsx'
import type { FileNode } from './model.ts'
import { Panel } from './panel.tsx'
import type { Program } from './program.ts'
import { findFiles, Search } from './search.tsx'
import { Timeline } from './timeline.tsx'

export type Arrangement = 'layers' | 'folders'

/** @param turn changes with everything that the program learns */
export function App({ program, turn }: { program: Program; turn: number }) {
  const { model } = program
  const [selected, setSelected] = useState<string>()
  const [hovered, setHovered] = useState<string>()
  const [text, setText] = useState('')
  const [hidden, setHidden] = useState<ReadonlySet<FileKind>>(new Set())
  const [isNear, setNear] = useState(false)
  const [wanted, setWanted] = useState<Arrangement>()
  const canvas = useRef<HTMLCanvasElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const drawing = useRef<GraphCanvas>(null)

  const found = useMemo(() => findFiles(model.files, text), [model, text])
  const selectedFile = selected === undefined ? undefined : model.byPath.get(selected)
  const near = isNear && selectedFile ? selectedFile : undefined
  const shown = useMemo(() => {
    const kept = near ? neighbourhood(near) : model.files
    return kept.filter((file) => file === near || !hidden.has(file.kind))
  }, [model, hidden, near])
  const arrangement = wanted ?? (shown.length <= mostInLayers ? 'layers' : 'folders')
  const kindsShown = hidden.size === 0 ? '' : shown.map(({ kind }) => kind).join()
  // Only what changes the places of files has them laid out anew.
  const structure = [arrangement, model.shape, near?.path, kindsShown].join('\n')

  useEffect(() => {
    if (!canvas.current) return
    const made = new GraphCanvas(canvas.current, { picked: setSelected, hovered: setHovered })
    drawing.current = made
    Object.assign(globalThis, {
      hotHookViewer: { placeOf: (path: string) => made.placeOf(path) },
    })
    return () => made.close()
  }, [])

  const view = useRef('')
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!canvas.current || !context || !drawing.current) return
    const layout =
      arrangement === 'layers'
        ? layoutLayers(shown, (file) => cardWidth(context, file))
        : layoutFolders(shown)
    const isSame = view.current === `${arrangement} ${near?.path}`
    view.current = `${arrangement} ${near?.path}`
    drawing.current.show(layout, isSame)
    canvas.current.dataset.drawn = String(layout.places.length)
  }, [structure])

  useEffect(() => drawing.current?.refresh(model), [model])

  const foundPaths = useMemo(
    () => (text === '' ? undefined : new Set(found.map(({ path }) => path))),
    [found, text],
  )
  useEffect(() => {
    drawing.current?.emphasize({
      selected,
      hovered,
      found: foundPaths,
      failed: program.failed,
      glowing: program.glowing,
    })
  }, [selected, hovered, foundPaths, turn])

  const choose = (path: string | undefined) => {
    setSelected(path)
    if (path !== undefined) drawing.current?.reveal(path)
  }
  const arrange = () => setWanted(arrangement === 'layers' ? 'folders' : 'layers')
  const step = (by: 'importer' | 'import' | 'next' | 'previous') => {
    const next = selectedFile ? neighbour(selectedFile, by, shown) : shown[0]
    if (next) choose(next.path)
  }
  useKeys({
    search: () => input.current?.focus(),
    leave: () => {
      if (isNear) setNear(false)
      else choose(undefined)
    },
    fit: () => drawing.current?.fit(),
    zoom: (factor) => drawing.current?.zoomBy(factor),
    arrange,
    near: () => setNear(!isNear),
    step,
  })
  const toggle = (kind: FileKind) => {
    const next = new Set(hidden)
    if (!next.delete(kind)) next.add(kind)
    setHidden(next)
  }

  return (
    <div class="app">
      <header class="bar">
        <h1>{program.boot.title}</h1>
        <Status program={program} />
        <Search text={text} setText={setText} found={found} select={choose} input={input} />
        <button type="button" onClick={arrange} title="l">
          {arrangement === 'layers' ? 'by folder' : 'in layers'}
        </button>
        <button
          type="button"
          disabled={!selectedFile}
          aria-pressed={isNear}
          onClick={() => setNear(!isNear)}
          title="n"
        >
          only its paths
        </button>
        <button type="button" onClick={() => drawing.current?.fit()} title="f">
          fit
        </button>
      </header>
      <main>
        <canvas
          ref={canvas}
          tabIndex={0}
          role="img"
          aria-label={`Graph of ${model.files.length} files and ${model.edges} imports`}
          data-files={model.files.length}
          data-edges={model.edges}
        />
        {model.files.length === 0 && <p class="empty">No file of the program is loaded yet.</p>}
        <p class="count">
          {shown.length === model.files.length ? '' : `${shown.length} of `}
          {model.files.length} files, {model.edges} imports
        </p>
      </main>
      <aside>
        {selectedFile ? (
          <Panel program={program} file={selectedFile} select={choose} />
        ) : (
          <p class="panel hint">
            Click a file to see what a save of it does. Keys: <kbd>/</kbd> search, <kbd>f</kbd> fit,{' '}
            <kbd>l</kbd> arrangement, <kbd>n</kbd> only its paths, <kbd>+</kbd> <kbd>−</kbd> zoom,{' '}
            <kbd>← → ↑ ↓</kbd> from file to file, <kbd>Esc</kbd>.
          </p>
        )}
        <Legend files={model.files} hidden={hidden} toggle={toggle} />
      </aside>
      <Timeline program={program} select={choose} />
    </div>
  )
}

function Status({ program }: { program: Program }) {
  const { isLive, connected, health, pid, port, standsBy, isPaused } = program
  if (!isLive) return <span class="status">as it was</span>
  const text = connected
    ? [
        isPaused ? 'paused' : health,
        pid === null ? '' : `process ${pid}`,
        port === null ? '' : `port ${port}`,
        standsBy ? 'the next one stands by' : '',
      ]
        .filter(Boolean)
        .join(', ')
    : 'waiting for the program'
  return (
    <span class={`status ${connected ? health : 'lost'}`} role="status">
      {text}
    </span>
  )
}

/** Everybody who imports it, at any distance, and what it imports itself. */
function neighbourhood(file: FileNode): FileNode[] {
  const kept = new Set([file])
  for (const each of kept) for (const link of each.importers) kept.add(link.file)
  for (const link of file.imports) kept.add(link.file)
  return [...kept]
}

function neighbour(
  file: FileNode,
  by: 'importer' | 'import' | 'next' | 'previous',
  shown: readonly FileNode[],
): FileNode | undefined {
  if (by === 'importer') return file.importers[0]?.file
  if (by === 'import') return file.imports[0]?.file
  const step = by === 'next' ? 1 : -1
  return shown[(shown.indexOf(file) + step + shown.length) % shown.length]
}
