import type { Scene } from './play.ts'

const lineHeight = 21
const fontSize = 14
const width = 860
const margin = { top: 46, side: 20, bottom: 18 }
/** How long each scene is on the screen before the next one, and the last one before all begins again, in seconds. */
const pause = { command: 0.9, answer: 1.1, save: 1.4, log: 1.6, end: 5 }

const colors = {
  background: '#16181d',
  command: '#e6e6e6',
  answer: '#8fd694',
  save: '#f2c14e',
  log: '#9fb3c8',
  prompt: '#7a8290',
}

/** What was played as an animated SVG: the text is as it was, only the pauses are made for reading. */
export function render(scenes: Scene[]): string {
  let time = 0.2
  const begins = scenes.map(({ kind }) => {
    const begin = time
    time += pause[kind]
    return begin
  })
  const total = time + pause.end
  const rows = scenes.flatMap(({ kind, lines }, scene) =>
    lines.map((line, index) => ({ kind, line, scene, isFirst: index === 0 })),
  )
  const height = margin.top + rows.length * lineHeight + margin.bottom
  const keyframes = begins.map((begin, scene) => {
    const percent = ((begin / total) * 100).toFixed(2)
    return `@keyframes scene${scene}{0%,${percent}%{opacity:0}${(Number(percent) + 0.01).toFixed(2)}%,100%{opacity:1}}.scene${scene}{animation:scene${scene} ${total.toFixed(1)}s infinite}`
  })
  const texts = rows.map(({ kind, line, scene, isFirst }, row) => {
    const y = margin.top + (row + 1) * lineHeight - 6
    return `<text class="scene${scene}" x="${margin.side}" y="${y}" fill="${colors[kind]}">${markOf(kind, isFirst)}${escaped(line)}</text>`
  })
  const said = rows.map(({ line }) => line).join('\n')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">${escaped(`A server under hot-runner:\n${said}`)}</title>
<style>
text{font:${fontSize}px ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;white-space:pre}
@media (prefers-reduced-motion:no-preference){
${keyframes.join('\n')}
}
</style>
<rect width="100%" height="100%" rx="10" fill="${colors.background}"/>
<circle cx="24" cy="22" r="6" fill="#ff5f57"/><circle cx="44" cy="22" r="6" fill="#febc2e"/><circle cx="64" cy="22" r="6" fill="#28c840"/>
${texts.join('\n')}
</svg>
`
}

function markOf(kind: Scene['kind'], isFirst: boolean): string {
  if (!isFirst) return ''
  if (kind === 'command') return `<tspan fill="${colors.prompt}">$ </tspan>`
  return kind === 'save' ? '✎ save ' : ''
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
