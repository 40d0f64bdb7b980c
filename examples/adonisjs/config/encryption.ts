import { defineConfig, drivers } from '@adonisjs/core/encryption'

// Of an example: a real key belongs into the environment.
const key = process.env.APP_KEY ?? 'an example has no secrets at all'

export default defineConfig({
  default: 'gcm',
  list: { gcm: drivers.aes256gcm({ id: 'gcm', keys: [key] }) },
})
