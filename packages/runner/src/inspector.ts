import inspector from 'node:inspector'
import { isMainThread } from 'node:worker_threads'

/** `--inspect`, `--inspect-brk=9230`, `--inspect-port=0.0.0.0:9230`, ... */
const inspectorOption = /^--(?:inspect(?:-brk|-wait|-port)?|debug-port)(?:=(?:.*:)?(\d+))?$/
const defaultPort = 9229

/** The port on which these options of Node open an inspector; undefined: on none. */
export function inspectorPort(nodeArgs: readonly string[]): number | undefined {
  let port: number | undefined
  for (const [index, argument] of nodeArgs.entries()) {
    const match = inspectorOption.exec(argument)
    if (!match) continue
    const separate = argument.endsWith('-port') ? /(\d+)$/.exec(nodeArgs[index + 1] ?? '') : null
    port = Number(match[1] ?? separate?.[1] ?? port ?? defaultPort)
  }
  return port
}

/** In the script's process: frees the inspector's port, so that the next process can have it. */
export function closeInspector(): (() => void) | undefined {
  const url = inspector.url()
  if (!isMainThread || url === undefined) return undefined
  const { hostname, port } = new URL(url)
  inspector.close()
  return () => inspector.open(Number(port), hostname)
}
