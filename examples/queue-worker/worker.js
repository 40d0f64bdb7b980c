// A worker without HTTP: run `npm run dev` and edit jobs/resize.js. What waits in the queue stays
// there; a job that runs ends as it began, the next one is done by the new code.
import fastq from 'fastq'
import { resize } from './jobs/resize.js'

const everyMs = Number(process.env.EVERY_MS ?? 1000)

const queue = fastq.promise((job) => resize(job), 1)
queue.error((error, job) => {
  if (error) console.error(`job ${job.id} failed: ${error.message}`)
})

let count = 0
setInterval(() => {
  count += 1
  queue.push({ id: count, width: 640 }).catch(() => {})
}, everyMs)
console.log('worker started')

import.meta.hot?.accept('./jobs/resize.js')
