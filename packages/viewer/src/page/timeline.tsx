import type { WireEvent } from '../wire.ts'
import type { Program } from './program.ts'
import { clock } from './texts.ts'

const shown = 200

interface TimelineProps {
  program: Program
  select(path: string): void
}

/** What has happened, the newest first. */
export function Timeline({ program, select }: TimelineProps) {
  const { events, count } = program
  return (
    <section class="timeline" aria-label="Timeline">
      <h2>
        Timeline <output data-testid="event-count">{count}</output>
      </h2>
      {events.length === 0 && <p class="hint">Nothing yet: save a file.</p>}
      <ol>
        {events.slice(0, shown).map((event) => (
          <Entry key={event.id} event={event} program={program} select={select} />
        ))}
      </ol>
    </section>
  )
}

function Entry({ event, program, select }: { event: WireEvent } & TimelineProps) {
  const { label, tone, text, detail, file } = program.lineOf(event)
  const canShow = file !== undefined && program.model.byPath.has(file)
  return (
    <li class={`event ${tone}`} data-event={event.record.event}>
      <time>{clock(event.record.time)}</time>
      <span class="label">{label}</span>
      {canShow ? (
        <button type="button" class="text" onClick={() => select(file)}>
          {text}
        </button>
      ) : (
        <span class="text">{text}</span>
      )}
      {detail ? <pre>{detail}</pre> : null}
    </li>
  )
}
