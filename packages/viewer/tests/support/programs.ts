/** A small shop: twenty files, and every kind of file among them. */
export function smallProgram(): Record<string, string> {
  const view = (name: string) =>
    `import { layout } from './layout.js'\nexport const ${name} = (data) => layout(\`<h1>${name} \${data}</h1>\`)\n`
  return {
    'package.json': JSON.stringify({
      name: 'shop',
      type: 'module',
      hotHook: { reload: ['config/**'] },
    }),
    'server.js': `import http from 'node:http'
import { viewer } from '@hot-hook/viewer'
import { settings } from './config/settings.js'
import { log } from './lib/log.js'
import { banner } from './lib/banner.js'
await import('./lib/metrics.js')
const graph = viewer({ title: settings.name })
http.createServer(async (request, response) => {
  if (request.url.startsWith('/graph')) return graph(request, response)
  try {
    const { handle } = await import('./app/routes.js')
    response.setHeader('content-type', 'text/html')
    response.end(await handle(request.url))
  } catch (error) {
    response.statusCode = 500
    response.end(String(error))
  }
}).listen(0, '127.0.0.1', function () { log(banner() + ' ' + this.address().port) })
`,
    'config/settings.js': `export const settings = { name: 'shop' }\n`,
    'lib/log.js': `export const log = (text) => console.log(text)\n`,
    'lib/banner.js': `import { words } from './words.js'
export const banner = () => words
import.meta.hot?.accept('./words.js')
`,
    'lib/words.js': `export const words = 'listening on'\n`,
    'lib/metrics.js': `import { log } from './log.js'\nexport const count = (name) => log(name)\n`,
    'app/routes.js': `import { home } from './controllers/home.js'
import { cart } from './controllers/cart.js'
import { product } from './controllers/product.js'
export const handle = async (url) => {
  if (url === '/cart') return cart()
  if (url === '/report') return (await import('./reports/weekly.js')).report()
  return url === '/product' ? product() : home()
}
`,
    'app/controllers/home.js': `import { products } from '../models/product.js'
import { homeView } from '../views/home.js'
export const home = () => homeView(products().length)
`,
    'app/controllers/cart.js': `import { items } from '../models/cart.js'
import { cartView } from '../views/cart.js'
export const cart = () => cartView(items().length)
`,
    'app/controllers/product.js': `import { products } from '../models/product.js'
import { productView } from '../views/product.js'
export const product = () => productView(products()[0])
`,
    'app/models/product.js': `import { query } from '../../database/connection.js'
export const products = () => query('products')
`,
    'app/models/cart.js': `import { products } from './product.js'
export const items = () => products().slice(1)
`,
    'app/views/layout.js': `import { theme } from './theme.js'
export const layout = (body) => \`<!doctype html><html class="\${theme}"><body>\${body}</body></html>\`
import.meta.hot?.watch(new URL('./layout.html', import.meta.url))
`,
    'app/views/layout.html': '<main></main>\n',
    'app/views/theme.js': `export const theme = 'light'\nimport.meta.hot?.accept()\n`,
    'app/views/home.js': view('homeView'),
    'app/views/cart.js': view('cartView'),
    'app/views/product.js': view('productView'),
    'app/reports/weekly.js': `import { products } from '../models/product.js'
export const report = () => 'sold: ' + products().length
`,
    'database/connection.js': `import { rows } from './rows.js'
export const query = (table) => rows[table]
`,
    'database/rows.js': `export const rows = { products: ['tea', 'milk', 'bread'] }\n`,
  }
}

/** As many modules as asked for, in folders as a grown application has them. */
export function largeProgram(modules: number): Record<string, string> {
  const areas = [
    'accounts',
    'billing',
    'catalog',
    'delivery',
    'orders',
    'search',
    'support',
    'users',
  ]
  const rooms = ['controllers', 'services', 'models', 'views', 'jobs', 'mailers']
  const files: Record<string, string> = {
    'package.json': JSON.stringify({ name: 'large', type: 'module' }),
  }
  const names: string[] = []
  for (let index = 0; names.length < modules - 3; index++) {
    const area = areas[index % areas.length]
    const room = rooms[Math.floor(index / areas.length) % rooms.length]
    names.push(`app/${area}/${room}/${area}-${Math.floor(index / 48)}-${room?.slice(0, -1)}.js`)
  }
  // A tree with branches across, the same every time.
  const imports = new Map<string, string[]>()
  names.forEach((name, index) => {
    const parents = index === 0 ? [] : [Math.floor((index - 1) / 4), (index * 7919) % index]
    for (const parent of new Set(parents)) {
      const importer = names[parent] ?? ''
      imports.set(importer, [...(imports.get(importer) ?? []), name])
    }
  })
  for (const name of names) {
    const lines = (imports.get(name) ?? []).map((each) => `import '#root/${each}'`)
    files[name] = `${lines.join('\n')}\nexport const name = ${JSON.stringify(name)}\n`
  }
  const [first = ''] = names
  files['package.json'] = JSON.stringify({
    name: 'large',
    type: 'module',
    imports: { '#root/*': './*' },
  })
  files['lib/log.js'] = 'export const log = (text) => console.log(text)\n'
  files['app/start.js'] = `import '../${first}'\nexport const answer = () => 'large'\n`
  files['server.js'] = `import http from 'node:http'
import { viewer } from '@hot-hook/viewer'
import { log } from './lib/log.js'
const graph = viewer()
http.createServer(async (request, response) => {
  if (request.url.startsWith('/graph')) return graph(request, response)
  const { answer } = await import('./app/start.js')
  response.end(answer())
}).listen(0, '127.0.0.1', function () { log('listening on ' + this.address().port) })
`
  return files
}
