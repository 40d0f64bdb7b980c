import plugin from 'fastify-plugin'

export default plugin(async (app) => {
  app.decorate('greet', (name) => `Hello, ${name}`)
})
