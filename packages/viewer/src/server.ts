import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { tokenFor } from './access/token.ts'
import { RefreshView } from './refresh/refresh-view.ts'
import { refreshVariable } from './refresh/runner-address.ts'
import { sendText } from './served/answer.ts'
import { ProgramView } from './served/program-view.ts'
import type { Source } from './sources/source.ts'

export type { ProgramGraph, Source } from './sources/source.ts'

/** What `ViewerServer` takes. */
export interface ViewerServerOptions {
  source: Source
  /** The heading of the page. */
  title: string
  /** Where style sheets are looked for, and names start from. */
  rootDirectory: string
  /** The program is handed over from process to process. Default: false. */
  handsOver?: boolean
}

/** The viewer on a port of its own, for whoever runs the program from outside: loopback only. */
export class ViewerServer {
  readonly #token: string
  readonly #refreshToken: string
  readonly #server: Server
  readonly #view: ProgramView
  readonly #refresh: RefreshView

  constructor({ source, title, rootDirectory, handsOver = false }: ViewerServerOptions) {
    this.#token = tokenFor(rootDirectory, 'graph')
    // This one is in the pages of the program, which more may see.
    this.#refreshToken = tokenFor(rootDirectory, 'refresh')
    this.#view = new ProgramView({
      source,
      token: () => this.#token,
      rules: { hosts: [] },
      title: () => title,
      endsWithProcess: false,
    })
    this.#refresh = new RefreshView({
      source,
      token: () => this.#refreshToken,
      rules: { hosts: [], allowsLocalOrigins: true },
      rootDirectory: () => rootDirectory,
      handsOver,
    })
    this.#server = createServer((request, response) => this.#answer(request, response))
    // It keeps nobody alive.
    this.#server.unref()
  }

  /**
   * Listens on 127.0.0.1.
   *
   * @param port 0: any that is free
   * @throws the error of the system when the port is taken
   */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** The address of the graph, with the token. */
  get address(): string {
    return `http://127.0.0.1:${this.port}/?token=${this.#token}`
  }

  /** What makes the pages of the program renew themselves: it is started with these. */
  get refreshLaunch(): { env: Record<string, string>; nodeArgs: string[] } {
    const address = `http://127.0.0.1:${this.port}/?token=${this.#refreshToken}&view=refresh`
    return {
      env: { [refreshVariable]: address },
      nodeArgs: [`--require=${fileURLToPath(new URL('./preload.cjs', import.meta.url))}`],
    }
  }

  close(): void {
    this.#view.close()
    this.#refresh.close()
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const text = request.url ?? '/'
    const url = new URL(URL.canParse(text, 'http://localhost') ? text : '/', 'http://localhost')
    if (url.pathname !== '/') {
      sendText(response, 404, 'There is nothing here.')
      return
    }
    if (url.searchParams.get('view')?.startsWith('refresh')) {
      this.#refresh.answer(request, response, url)
      return
    }
    this.#view.answer(request, response, url).catch(() => response.destroy())
  }
}
