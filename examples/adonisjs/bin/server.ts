import { ignite } from './ignitor.js'

await ignite().httpServer().start()
