/** Ends what creates a server: it says where it listens. */
export const listenAnywhere =
  "listen(0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) })"

/** A server that answers with a text, as an ES module. */
export const esmServer = (text: string) => `import http from 'node:http'
http.createServer((_, response) => response.end('${text}')).${listenAnywhere}`
/** The same in CommonJS. */
export const commonjsServer = (text: string) =>
  esmServer(text).replace("import http from 'node:http'", "const http = require('http')")
