import type { FileKind } from 'hot-hook/protocol'
import { kindNames, kinds } from './kinds.ts'
import type { FileNode } from './model.ts'

/** The sign of a kind, as the drawing has it. */
export function Glyph({ kind, hot = true }: { kind: FileKind; hot?: boolean }) {
  return (
    <svg
      class={`glyph kind-${kind}${hot ? '' : ' hollow'}`}
      viewBox="-1.4 -1.4 2.8 2.8"
      aria-hidden="true"
    >
      <path d={kinds[kind].shape} />
    </svg>
  )
}

interface LegendProps {
  files: readonly FileNode[]
  hidden: ReadonlySet<FileKind>
  toggle(kind: FileKind): void
}

/** What the signs mean; each line shows or hides its kind. */
export function Legend({ files, hidden, toggle }: LegendProps) {
  const counts = new Map<FileKind, number>()
  for (const { kind } of files) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return (
    <section class="legend" aria-label="Legend">
      <h2>Legend</h2>
      {kindNames.map((kind) => (
        <label key={kind} title={kinds[kind].meaning} class={counts.has(kind) ? '' : 'absent'}>
          <input type="checkbox" checked={!hidden.has(kind)} onChange={() => toggle(kind)} />
          <Glyph kind={kind} />
          <span>{kinds[kind].name}</span>
          <output>{counts.get(kind) ?? 0}</output>
        </label>
      ))}
      <p class="hint">
        <Glyph kind="module" /> filled: a save is hot
        <br />
        <Glyph kind="module" hot={false} /> hollow: a save restarts
      </p>
    </section>
  )
}
