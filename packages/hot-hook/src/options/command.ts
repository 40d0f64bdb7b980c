import { sep } from 'node:path'

/**
 * Whether a script is a command of a package (`fastify start app.js`): the application that it runs is
 * at home where the command was started.
 */
export function isCommand(script: string): boolean {
  return script.includes(`${sep}node_modules${sep}`)
}
