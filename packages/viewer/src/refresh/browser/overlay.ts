import type { ShownError } from '../messages.ts'

const css = `
:host { all: initial; position: fixed; inset: 0; z-index: 2147483647; }
div { position: absolute; inset: 0; overflow: auto; background: rgba(10, 12, 18, .72); color: #e6eaf0;
  font: 15px/1.5 ui-sans-serif, system-ui, "Segoe UI", sans-serif; }
section { position: relative; max-width: 900px; margin: 8vh auto; padding: 22px 26px;
  background: #1b2029; border: 1px solid #2c3340; border-top: 4px solid #ff6b78; border-radius: 10px; }
h1 { margin: 0 32px 6px 0; font-size: 17px; overflow-wrap: anywhere; }
p { margin: 0 0 12px; color: #ff9aa3; overflow-wrap: anywhere; white-space: pre-wrap; }
pre { margin: 0; padding: 12px 14px; overflow: auto; background: #12151b; border-radius: 7px;
  font: 13px/1.55 ui-monospace, Menlo, "DejaVu Sans Mono", monospace; }
small { display: block; margin-top: 12px; color: #97a2b3; }
button { position: absolute; top: 14px; right: 16px; border: 0; background: none; color: inherit;
  font-size: 22px; line-height: 1; cursor: pointer; }
`

/** An error over the page, out of reach of the page's own styles. */
export class Overlay {
  #host: HTMLElement | undefined

  get isShown(): boolean {
    return this.#host !== undefined
  }

  show({ title, message, detail }: ShownError): void {
    this.hide()
    const host = document.createElement('hot-hook-error')
    const root = host.attachShadow({ mode: 'open' })
    // Not an element: a content security policy may forbid those.
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
    const close = element('button', '×')
    close.setAttribute('aria-label', 'Close')
    close.addEventListener('click', () => this.hide())
    const section = element('section', '')
    section.setAttribute('role', 'alert')
    section.append(close, element('h1', title), element('p', message))
    if (detail !== '') section.append(element('pre', detail))
    section.append(element('small', 'The page is renewed when it is mended.'))
    const ground = element('div', '')
    ground.append(section)
    root.append(ground)
    document.documentElement.append(host)
    this.#host = host
  }

  hide(): void {
    this.#host?.remove()
    this.#host = undefined
  }
}

/** Text is never taken for markup. */
function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name)
  made.textContent = text
  return made
}
