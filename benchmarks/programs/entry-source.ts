import type { Language } from './program.ts'

export interface EntryShape {
  language: Language
  /** Version of the entry itself: a save of another one is a full reload. */
  version?: number
  /** Statements in front, after the imports. */
  imports?: string
  /** As CommonJS. */
  isCommonJs?: boolean
  /** An expression (it may await) that gives the app of this request: a function. */
  app: string
  /** Statements after the server. */
  footer?: string
}

/**
 * A server on `PORT` that answers `/` with the state of the program as JSON, and `/heap` with its
 * heap in bytes after garbage collection. It prints `ready` when it listens.
 */
export function entrySource(shape: EntryShape): string {
  const cast = shape.language === 'ts' ? ' as any' : ''
  const text = shape.language === 'ts' ? ': string' : ''
  const http = shape.isCommonJs
    ? "const http = require('node:http')"
    : "import http from 'node:http'"
  return `${http}
${shape.imports ?? ''}
const entry = ${shape.version ?? 0}
const counters = globalThis${cast}
counters.instance ??= process.pid + '-' + performance.timeOrigin
counters.failures ??= 0

function heapUsed() {
  // The last resort also drops compiled code that has not run lately: what is left is really held.
  for (let times = 0; times < 3; times++) {
    counters.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }
  return process.memoryUsage().heapUsed
}

const server = http.createServer(async (request, response) => {
  const answer = (body${text}) => {
    response.setHeader('content-length', Buffer.byteLength(body))
    response.end(body)
  }
  try {
    if (request.url === '/heap') {
      answer(String(heapUsed()))
      return
    }
    const app = ${shape.app}
    const { evaluated, instance } = counters
    answer(JSON.stringify({ value: app(), evaluated, instance, entry }))
  } catch (error) {
    response.statusCode = 500
    answer(String((error${cast})?.stack ?? error))
  }
})
server.listen(Number(process.env.PORT), '127.0.0.1', () => {
  console.log('ready ' + process.pid)
})
process.on('SIGTERM', () => process.exit())
${shape.footer ?? ''}`
}

/** The app is imported on each request: what a change needs to arrive without a restart. */
export function boundaryEntry(language: Language = 'js', version = 0): string {
  return entrySource({
    language,
    version,
    app: `(await import('./app.${language}')).default`,
  })
}

/** Bare Node can do this: each request imports the file under another query, and evaluates it. */
export const versionedImportEntry = entrySource({
  language: 'js',
  app: "(await import('./app.js?v=' + (counters.asked = (counters.asked ?? 0) + 1))).default",
})

/** The app is imported statically: a program as it is before anybody thinks of hot reloading. */
export function staticEntry(language: Language = 'js', version = 0): string {
  return entrySource({
    language,
    version,
    imports: `import app from './app.${language}'`,
    app: 'app',
  }).replace('const app = app\n', '')
}

/**
 * The app is imported statically and accepted: after an update it prints when the callback ran, on
 * the system's monotonic clock in nanoseconds.
 */
export function acceptEntry(language: Language = 'js'): string {
  return entrySource({
    language,
    imports: `import firstApp from './app.${language}'\n\nlet app = firstApp`,
    app: 'app',
    footer: `import.meta.hot?.accept('./app.${language}', (next) => {
  app = next.default
  console.log('accepted ' + process.hrtime.bigint())
})
`,
  }).replace('const app = app\n', '')
}
