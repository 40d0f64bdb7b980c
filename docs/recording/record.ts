// Writes docs/recording.svg: `node docs/recording/record.ts`, after `npm run build`.
import { writeFileSync } from 'node:fs'
import { play } from './play.ts'
import { render } from './render.ts'

const scenes = await play()
writeFileSync(new URL('../recording.svg', import.meta.url), render(scenes))
console.log(scenes.flatMap(({ lines }) => lines).join('\n'))
