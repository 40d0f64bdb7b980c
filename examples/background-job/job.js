import { setTimeout as wait } from 'node:timers/promises'
import { report } from './report.js'

const everyMs = Number(process.env.EVERY_MS ?? 1000)
let run = Promise.resolve()

const timer = setInterval(() => {
  run = run.then(work)
}, everyMs)

async function work() {
  console.log('begin')
  await wait(everyMs / 2)
  console.log(report())
}

import.meta.hot?.accept()
import.meta.hot?.dispose(async () => {
  clearInterval(timer)
  await run
  console.log('stopped')
})
