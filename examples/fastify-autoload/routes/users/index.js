const users = ['Ada', 'Grace']

export default async function (app) {
  app.get('/', async () => users)
}
