import { render } from 'preact'
import type { Boot } from '../wire.ts'
import { App } from './app.tsx'
import { Program } from './program.ts'

const boot = JSON.parse(document.getElementById('boot')?.textContent ?? '{}') as Boot
const place = document.getElementById('app')

if (place) {
  let turn = 0
  const show = () => render(<App program={program} turn={turn++} />, place)
  const program = new Program(boot, show)
  show()
  program.start()
}
