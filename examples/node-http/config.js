import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

const file = parseEnv(readFileSync(new URL('.env', import.meta.url), 'utf8'))

/** What the environment says counts more than what .env says. */
const { GREETING: greeting = 'Hello', PORT: port = '8080' } = { ...file, ...process.env }

export const config = { greeting, port: Number(port) }
