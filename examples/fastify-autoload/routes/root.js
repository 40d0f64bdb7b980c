export default async function (app) {
  app.get('/', async () => app.greet('world'))
}
