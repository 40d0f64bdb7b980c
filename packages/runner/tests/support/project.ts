import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** An application in a temporary directory. */
export class Project {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'hot-runner-')))

  constructor(files: Record<string, string>) {
    this.save('package.json', '{ "type": "module" }')
    for (const [name, text] of Object.entries(files)) this.save(name, text)
  }

  path(name: string): string {
    return join(this.directory, name)
  }

  save(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true })
    writeFileSync(this.path(name), text)
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8')
  }

  removeFile(name: string): void {
    rmSync(this.path(name))
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** A server that says its pid and the text of its version at every request. */
export function server(version: string, ...extra: string[]): string {
  return `import http from 'node:http'
${extra.join('\n')}
const server = http.createServer((request, response) => response.end('${version} ' + process.pid))
server.listen(Number(process.env.PORT), () => console.log('up ${version} ' + process.pid))
`
}
