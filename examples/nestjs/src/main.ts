// NestJS: run `npm run dev`, open http://localhost:8080, edit a controller or a service. The process
// stays; the application is closed and made anew, and listens on the same port.
import { NestFactory } from '@nestjs/core'
import { AppModule } from './app.module'

async function bootstrap() {
  const app = await NestFactory.create(AppModule, { forceCloseConnections: true })
  module.hot?.dispose(() => app.close())
  await app.listen(process.env.PORT ?? 8080)
  console.log(`listening on ${app.getHttpServer().address().port}`)
}

void bootstrap()
module.hot?.accept()
