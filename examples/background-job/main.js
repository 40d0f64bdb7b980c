// A job that runs all the time: run `npm run dev` and edit job.js or report.js. The old timer is
// stopped, a run that is under way ends, then the new job takes over: never two, never none.
import './job.js'

console.log('started')
