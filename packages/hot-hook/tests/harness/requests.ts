import http from 'node:http'

/** Requests over as many connections as `clients`, each as soon as its last is answered, until `isOver`; every body. */
export async function hammer(
  port: number,
  clients: number,
  isOver: () => boolean,
): Promise<string[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients })
  const bodies: string[] = []
  const request = () =>
    new Promise<void>((resolve, reject) => {
      http
        .get({ host: '127.0.0.1', port, agent }, (response) => {
          let body = ''
          response.setEncoding('utf8')
          response.on('data', (text) => {
            body += text
          })
          response.on('end', () => {
            bodies.push(body)
            resolve()
          })
        })
        .on('error', reject)
    })
  const client = async () => {
    while (!isOver()) await request()
  }
  await Promise.all(Array.from({ length: clients }, client))
  agent.destroy()
  return bodies
}
