// AdonisJS 7 under its own dev server, which is a manager of Hot Hook: run `npm run dev`, open
// http://localhost:8080, edit the controller or its service. Routes, configuration and providers restart.
import '@poppinss/ts-exec'

process.env.NODE_ENV ??= 'development'
process.env.HOST ??= 'localhost'
process.env.PORT ??= '8080'

await import('./bin/console.js')
