import { ignite } from './ignitor.js'

await ignite().ace().handle(process.argv.slice(2))
