// Makes docs/viewer.png: the graph of a small program, after a save, with a file that is looked at.
//   node packages/viewer/tools/picture.ts [directory]      more pictures, to look at, in a directory
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { installViewer } from '../tests/support/install.ts'
import { largeProgram, smallProgram } from '../tests/support/programs.ts'

const picture = fileURLToPath(new URL('../../../docs/viewer.png', import.meta.url))
const browsers = [process.env.CHROME_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome']

/** A program that runs, and where its graph is. */
interface Running {
  directory: string
  process: ChildProcess
  origin: string
  graph: string
}

async function start(files: Record<string, string>): Promise<Running> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'shop-')))
  for (const [name, text] of Object.entries(files)) save(directory, name, text)
  installViewer(directory)
  const child = spawn(process.execPath, ['--import', 'hot-hook/register', 'server.js'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const port = (await said(child, /listening on (\d+)/))[1]
  const origin = `http://127.0.0.1:${port}`
  for (const path of ['/', '/report']) await (await fetch(origin + path)).text()
  const [, [, graph = '']] = await Promise.all([
    fetch(`${origin}/graph`).then((answer) => answer.text()),
    said(child, /the graph: (\S+)/),
  ])
  return { directory, process: child, origin, graph }
}

function save(directory: string, name: string, text: string): void {
  const file = join(directory, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function said(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        text += chunk
        const match = pattern.exec(text)
        if (match) resolve(match)
      })
    }
    child.once('exit', () => reject(new Error(`the program has ended:\n${text}`)))
  })
}

async function open(browser: Browser, { graph }: Running): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 780 } })
  await page.goto(graph)
  await page.locator('canvas[data-drawn]:not([data-drawn="0"])').waitFor()
  return page
}

async function end(running: Running): Promise<void> {
  running.process.kill('SIGKILL')
  await once(running.process, 'close')
  rmSync(running.directory, { recursive: true, force: true })
}

async function find(page: Page, text: string): Promise<void> {
  await page.keyboard.press('/')
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
  await page.locator('[data-outcome]').waitFor()
}

/** Saves files, has them loaded, and leaves the last update glowing. */
async function makeHistory(running: Running, page: Page): Promise<void> {
  const { directory, origin } = running
  const files = smallProgram()
  const saved = async (name: string, text: string) => {
    save(directory, name, text)
    await page.locator('[data-event=invalidate]', { hasText: name }).first().waitFor()
    await (await fetch(origin)).text()
  }
  await saved('app/views/home.js', 'export const homeView = (data) => <p>{data}</p>\n')
  await page.locator('[data-event=error]').waitFor()
  await saved('app/views/home.js', `${files['app/views/home.js']}// healed\n`)
  await page.locator('[data-event=update]').waitFor()
  await saved('app/models/product.js', `${files['app/models/product.js']}// saved\n`)
  await page.locator('[data-event=update]', { hasText: 'models/product' }).waitFor()
}

async function takeLook(browser: Browser, name: string, directory: string): Promise<void> {
  const running = await start(name === 'large' ? largeProgram(2_000) : smallProgram())
  const page = await open(browser, running)
  const shoot = async (what: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      // The last frame is drawn.
      await page.waitForTimeout(300)
      await page.screenshot({ path: join(directory, `${name}-${what}-${colorScheme}.png`) })
    }
  }
  await shoot('all')
  if (name === 'small') {
    await page.keyboard.press('l')
    await shoot('folders')
    await page.keyboard.press('l')
    await makeHistory(running, page)
  }
  await find(page, name === 'large' ? 'orders-3-model' : 'lib/log.js')
  await shoot('selected')
  await page.keyboard.press('n')
  await shoot('near')
  await end(running)
}

const executablePath = browsers.find((path) => path !== undefined && existsSync(path))
if (executablePath === undefined) throw new Error('no Chromium: CHROME_PATH names one')
const browser = await chromium.launch({
  executablePath,
  chromiumSandbox: process.getuid?.() !== 0,
  args: ['--disable-dev-shm-usage'],
})
const [directory] = process.argv.slice(2)
if (directory === undefined) {
  const running = await start(smallProgram())
  const page = await open(browser, running)
  await page.emulateMedia({ colorScheme: 'light' })
  await find(page, 'models/product')
  await page.keyboard.press('f')
  await makeHistory(running, page)
  await page.waitForTimeout(900)
  await page.screenshot({ path: picture })
  await end(running)
  console.log(picture)
} else {
  mkdirSync(directory, { recursive: true })
  for (const name of ['small', 'large']) await takeLook(browser, name, directory)
}
await browser.close()
