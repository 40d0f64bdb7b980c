import { createHash, randomUUID } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { homedir, hostname, tmpdir, userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'

// Who runs what is asked over a socket. Each is a file in a directory of this user alone, so a list of
// the directory is a list of the runners. On Windows the file has the name of a pipe in it.

/** Longer paths of sockets are cut by the system, on macOS from here on. */
const longestPath = 103
/** In characters. */
const longestRequest = 1_000_000
/** How long a runner may be silent beyond what it was told to wait, in milliseconds. */
const grace = 5_000

/** What a runner is asked. */
export type RunnerRequest =
  /** How it stands, when what is due has been waited for so long, in milliseconds. */
  | { ask: 'status'; patience: number }
  /** What a save of these files would do, absolute paths, or of every file. */
  | { ask: 'explain'; files?: readonly string[] }

/** Serves answers to this user until `close`. */
export interface RunnerSocket {
  /** The file of the socket. */
  readonly path: string
  close(): void
}

/**
 * Answers with what `answer` gives, as JSON.
 *
 * @returns `undefined` when no directory can be used
 */
export async function serveRunner(
  answer: (request: RunnerRequest) => Promise<unknown>,
): Promise<RunnerSocket | undefined> {
  for (const directory of directories()) {
    const path = join(directory, `${host()}-${process.pid}.sock`)
    if (path.length > longestPath || !isOurs(directory, true)) continue
    const server = createServer((socket) => void serve(socket, answer))
    try {
      await listen(server, path)
      return { path, close: () => close(server, path) }
    } catch {
      // The disk is full, or the file system has no sockets.
    }
  }
  return undefined
}

/** The answers of every runner of this user on this machine. What a dead one has left is removed. */
export async function askAll(request: RunnerRequest): Promise<unknown[]> {
  const paths = directories()
    .filter((directory) => isOurs(directory, false))
    .flatMap((directory) =>
      readdirSync(directory)
        .filter((name) => name.startsWith(`${host()}-`) && name.endsWith('.sock'))
        .map((name) => join(directory, name)),
    )
  const answers = await Promise.all(paths.map((path) => ask(path, request)))
  return answers.filter((answer) => answer !== undefined)
}

/** The user's directory for caches; where there is none that can be used, one in that for temporary files. */
function directories(): string[] {
  return [join(cacheDirectory(), 'hot-hook', 'runners'), join(tmpdir(), `hot-hook-${userName()}`)]
}

function cacheDirectory(): string {
  const { XDG_CACHE_HOME = '', LOCALAPPDATA } = process.env
  if (process.platform === 'win32') return LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches')
  return isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache')
}

function userName(): string {
  return String(process.getuid?.() ?? userInfo().username)
}

/** Homes may be on several machines, and containers have process ids of their own. */
function host(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
}

/** Whether a directory is this user's and nobody else can look into it. */
function isOurs(directory: string, makes: boolean): boolean {
  try {
    if (makes) {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      if (isOfUser(directory)) chmodSync(directory, 0o700)
    }
    return isOfUser(directory) && (isWindows || (lstatSync(directory).mode & 0o077) === 0)
  } catch {
    return false
  }
}

const isWindows = process.platform === 'win32'

function isOfUser(directory: string): boolean {
  const stats = lstatSync(directory)
  return stats.isDirectory() && (isWindows || stats.uid === process.getuid?.())
}

function listen(server: Server, path: string): Promise<void> {
  // One of our own number was left by somebody who is dead.
  rmSync(path, { force: true })
  const address = isWindows ? String.raw`\\.\pipe\hot-runner-${randomUUID()}` : path
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, () => {
      server.off('error', reject)
      server.on('error', () => {})
      if (isWindows) writeFileSync(path, address)
      else chmodSync(path, 0o600)
      server.unref()
      resolve()
    })
  })
}

function close(server: Server, path: string): void {
  server.close()
  rmSync(path, { force: true })
}

async function serve(
  socket: Socket,
  answer: (request: RunnerRequest) => Promise<unknown>,
): Promise<void> {
  socket.unref()
  // Who asked may have gone.
  socket.on('error', () => {})
  try {
    socket.end(JSON.stringify(await answer(readRequest(await firstLine(socket)))))
  } catch {
    socket.destroy()
  }
}

function readRequest(line: string): RunnerRequest {
  const { ask, patience, files } = JSON.parse(line) as Record<string, unknown>
  if (ask === 'status' && typeof patience === 'number' && patience >= 0) return { ask, patience }
  if (ask === 'explain' && files === undefined) return { ask }
  if (ask === 'explain' && Array.isArray(files) && files.every((file) => typeof file === 'string'))
    return { ask, files }
  throw new Error('not a request')
}

function firstLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end >= 0) resolve(text.slice(0, end))
      else if (text.length > longestRequest) reject(new Error('too long'))
    })
    socket.on('close', () => reject(new Error('closed')))
  })
}

/** @returns `undefined` when nobody answers */
function ask(path: string, request: RunnerRequest): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = connect(isWindows ? readFileSync(path, 'utf8') : path)
    let text = ''
    socket.setEncoding('utf8')
    socket.setTimeout((request.ask === 'status' ? request.patience : 0) + grace, () =>
      socket.destroy(),
    )
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`))
    socket.on('data', (chunk: string) => (text += chunk))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isDead = error.code === 'ECONNREFUSED' || (isWindows && error.code === 'ENOENT')
      if (isDead) rmSync(path, { force: true })
    })
    socket.on('close', () => resolve(parsed(text)))
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
