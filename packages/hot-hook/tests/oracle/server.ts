/**
 * How a program is asked: `lines` costs a process a third less of its start than `node:http`, which
 * is what people have and what the runtime listens to besides.
 */
export type Speech = 'http' | 'lines'

interface ServerStyle {
  speaks: Speech
  isEsm: boolean
  /** What makes a name of any type in TypeScript. */
  any: string
}

/** What a server that is rendered below imports. */
export function serverImport({ speaks, isEsm }: ServerStyle): string {
  const name = speaks === 'http' ? 'http' : 'net'
  return isEsm ? `import ${name} from 'node:${name}'` : `const ${name} = require('node:${name}')`
}

/**
 * A `server` that answers with the text of the program's `answer(path)`, and a `listen()`. What is saved
 * after an answer is heard of before anything else is looked at: it comes when the event loop has
 * read its events and is about to read them again. Else a process that is stopped in between would look,
 * once it goes on, at one file alone of those that were saved together.
 */
export function serverLines({ speaks, any }: ServerStyle): string[] {
  const port = `(server.address()${any && ' as any'}).port`
  return [
    ...(speaks === 'http'
      ? [
          'const server = http.createServer(async (request, response) => {',
          `  const text = await answer(request.url${any && '!'})`,
          '  setImmediate(() => response.end(text))',
          '})',
        ]
      : [
          'const server = net.createServer((socket) => {',
          `  socket.setEncoding('utf8').on('data', (text${any}) => {`,
          "    for (const line of text.trim().split('\\n')) void reply(socket, line)",
          '  })',
          '})',
          `async function reply(socket${any}, asked${any}) {`,
          "  const [id, path] = asked.split(' ')",
          "  const line = id + ' ' + (await answer(path)) + '\\n'",
          '  setImmediate(() => socket.write(line))',
          '}',
        ]),
    'function listen() {',
    `  server.listen(0, '127.0.0.1', () => console.log('listening ' + ${port}))`,
    '}',
  ]
}
