import { useEffect, useState } from 'preact/hooks'
import type { WireExplanation } from '../wire.ts'
import { kinds } from './kinds.ts'
import { Glyph } from './legend.tsx'
import type { FileNode, Link } from './model.ts'
import type { Program } from './program.ts'
import { clock } from './texts.ts'

interface PanelProps {
  program: Program
  file: FileNode
  select(path: string | undefined): void
}

/** All that is known of one file. */
export function Panel({ program, file, select }: PanelProps) {
  const [explanation, setExplanation] = useState<WireExplanation>()
  const state = `${file.kind} ${file.hot} ${file.version} ${file.importers.length}`
  useEffect(() => {
    let isOver = false
    program
      .explain(file.path)
      .then((answer) => {
        if (!isOver) setExplanation(answer)
      })
      .catch(() => {})
    return () => {
      isOver = true
    }
  }, [program, file.path, state])
  const known = explanation?.path === file.path ? explanation : undefined
  return (
    <section class="panel" aria-label="File" data-file={file.path}>
      <header>
        <Glyph kind={file.kind} hot={file.hot} />
        <h2 title={file.path}>{file.name}</h2>
        <button type="button" class="close" onClick={() => select(undefined)} aria-label="Close">
          ×
        </button>
      </header>
      <p class="path">{file.path}</p>
      <p class="kind">
        <strong>{kinds[file.kind].name}</strong>. {meaningOf(file)}
      </p>
      {program.failed.has(file.path) && program.error && <ErrorBox program={program} />}
      <Outcome file={file} explanation={known} program={program} select={select} />
      <dl>
        <dt>version</dt>
        <dd>
          {file.version}
          {file.stale ? ', stale: the next import() loads it' : ''}
        </dd>
        <dt>last loaded</dt>
        <dd>{loadedText(file)}</dd>
      </dl>
      <Links title="Imported by" links={file.importers} select={select} />
      <Links title="Imports" links={file.imports} select={select} />
    </section>
  )
}

function ErrorBox({ program }: { program: Program }) {
  const record = program.error
  if (record?.event !== 'error' && record?.event !== 'crash') return null
  return (
    <div class="error-box">
      <strong>{record.message}</strong>
      {record.frame ? <pre>{record.frame}</pre> : null}
    </div>
  )
}

function Outcome({
  file,
  explanation,
  program,
  select,
}: {
  file: FileNode
  explanation: WireExplanation | undefined
} & PanelProps) {
  if (!explanation) {
    return (
      <p class={`outcome ${file.hot ? 'hot' : 'reload'}`}>
        {file.hot ? 'A save is hot.' : 'A save restarts the process.'}
      </p>
    )
  }
  const { outcome, boundaries, chain, advice } = explanation
  const path = (steps: string[]) => (
    <ol class="chain">
      {steps.map((step) => (
        <li key={step}>
          <FileButton path={step} program={program} select={select} />
        </li>
      ))}
    </ol>
  )
  if (outcome === 'hot') {
    return (
      <div class="outcome hot" data-outcome="hot">
        <p>A save of it is hot{boundaries.length > 0 ? '. It stops at' : '.'}</p>
        {boundaries.length > 0 && (
          <ul class="files">
            {boundaries.map((step) => (
              <li key={step}>
                <FileButton path={step} program={program} select={select} />
              </li>
            ))}
          </ul>
        )}
      </div>
    )
  }
  if (outcome === 'full-reload') {
    return (
      <div class="outcome reload" data-outcome="full-reload">
        <p>A save of it restarts the process{chain.length > 1 ? ', by this path:' : '.'}</p>
        {chain.length > 1 && path(chain)}
        {advice === undefined ? null : <pre class="advice">{advice}</pre>}
      </div>
    )
  }
  return (
    <p class="outcome" data-outcome={outcome}>
      {outcome === 'ignored' ? 'It is ignored: a save of it does nothing.' : 'It is not loaded.'}
    </p>
  )
}

function FileButton({
  path,
  program,
  select,
}: { path: string } & Pick<PanelProps, 'program' | 'select'>) {
  const file = program.model.byPath.get(path)
  if (!file) return <span class="file">{path}</span>
  return (
    <button type="button" class="file" onClick={() => select(path)} title={path}>
      <Glyph kind={file.kind} hot={file.hot} /> {path}
    </button>
  )
}

function meaningOf({ kind, hot }: FileNode): string {
  if (kind === 'module' && !hot) return 'Nobody between it and the entry takes a change.'
  return kinds[kind].meaning
}

const shownLinks = 60

function Links({
  title,
  links,
  select,
}: {
  title: string
  links: readonly Link[]
  select(path: string): void
}) {
  if (links.length === 0) return null
  const rest = links.length - shownLinks
  return (
    <details open={links.length <= 12} class="links">
      <summary>
        {title} <output>{links.length}</output>
      </summary>
      <ul class="files">
        {links.slice(0, shownLinks).map(({ file, kinds: edge, accepted }) => (
          <li key={file.path}>
            <button type="button" class="file" onClick={() => select(file.path)} title={file.path}>
              <Glyph kind={file.kind} hot={file.hot} /> {file.path}
            </button>
            <span class="edge">
              {[
                ...edge.filter((kind) => kind !== 'static'),
                ...(accepted ? ['accepted'] : []),
              ].join(', ')}
            </span>
          </li>
        ))}
        {rest > 0 && <li class="hint">… and {rest} more</li>}
      </ul>
    </details>
  )
}

function loadedText({ loaded, version }: FileNode): string {
  if (!loaded)
    return version === 0 ? 'when the program asked for it first' : 'not yet in this version'
  const { time, durationMs, modules } = loaded
  const others = modules > 1 ? `, with ${modules - 1} more` : ''
  return `${clock(time)}, in ${durationMs.toFixed(1)} ms${others}`
}
