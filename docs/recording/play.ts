import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../packages/hot-hook/tests/harness/free-port.ts'
import { Project } from '../../packages/runner/tests/support/project.ts'
import { until } from '../../packages/runner/tests/support/until.ts'

const bin = fileURLToPath(new URL('../../packages/runner/bin/hot-runner.js', import.meta.url))

/** What appears in the recording, one after the other. */
export interface Scene {
  /** `command`: typed in a terminal; `answer`: what it printed; `save`: in an editor; `log`: by hot-runner. */
  kind: 'command' | 'answer' | 'save' | 'log'
  lines: string[]
}

const files = {
  'server.js': `import http from 'node:http'
import { app } from './app.js'
import.meta.hot?.accept('./app.js')

const server = http.createServer((...args) => app(...args))
server.listen(process.env.PORT)
`,
  'app.js': `import { visits } from './visits.js'

export function app(request, response) {
  visits.count++
  response.end(\`Hello, visit \${visits.count}\`)
}
`,
  'visits.js': 'export const visits = { count: 0 }\n',
}

/** Runs a server under `hot-runner`, saves its files, asks it, and writes down what is to be seen. */
export async function play(): Promise<Scene[]> {
  const project = new Project(files)
  const port = await freePort()
  const child = spawn(process.execPath, [bin, '--no-keys', 'server.js'], {
    cwd: project.directory,
    env: { ...process.env, PORT: String(port), NO_COLOR: '1' },
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const scenes: Scene[] = [{ kind: 'command', lines: ['npx hot-runner server.js'] }]
  let told = 0
  const waitFor = async (pattern: RegExp) => {
    await until(`${pattern} in ${log}`, () => pattern.test(log.slice(told)))
    const lines = log.slice(told).replaceAll(String(port), '3000').split('\n')
    told = log.length
    const shown = lines.map((line) => shorten(line, project.directory)).filter(Boolean)
    scenes.push({ kind: 'log', lines: shown })
  }
  const ask = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}`).then((response) => response.text())
    scenes.push({ kind: 'command', lines: ['curl localhost:3000'] })
    scenes.push({ kind: 'answer', lines: [answer] })
  }
  const save = async (from: string, to: string, pattern: RegExp) => {
    project.save('app.js', project.read('app.js').replace(from, to))
    scenes.push({ kind: 'save', lines: [`app.js: ${from} → ${to}`] })
    await waitFor(pattern)
  }
  try {
    await waitFor(/accepts .*\n/)
    await ask()
    await save('Hello,', 'Good morning,', /module in .*\n/)
    await ask()
    await save('response.end(', 'response.end((', /SyntaxError[\s\S]*\n/)
    await ask()
    await save('response.end((', 'response.end(', /module in .*\n/)
    await ask()
    return scenes
  } finally {
    const closed = once(child, 'close')
    child.kill()
    await closed
    project.remove()
  }
}

/** A line as it looks in the directory of the project, without what tells nothing here. */
function shorten(line: string, directory: string): string {
  return line.replaceAll(`file://${directory}/`, '').replaceAll(`${directory}/`, '')
}
