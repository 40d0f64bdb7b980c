import { readFileSync } from 'node:fs'

export type AssetName = 'page.js' | 'page.css' | 'worker.js' | 'refresh.js'

const texts = new Map<AssetName, string>()

/** A file that was built for the browser. */
export function asset(name: AssetName): string {
  let text = texts.get(name)
  if (text === undefined) {
    text = readFileSync(new URL(`./browser/${name}`, import.meta.url), 'utf8')
    texts.set(name, text)
  }
  return text
}
