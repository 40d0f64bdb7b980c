import { globSync, readFileSync } from 'node:fs'
import { basename, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import GithubSlugger from 'github-slugger'
import MarkdownIt from 'markdown-it'

/** The root of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

const markdown = new MarkdownIt({ html: true })

/** A block of code as it stands on a page. */
export interface CodeBlock {
  /** The page, from the root of the repository. */
  page: string
  /** Where it begins, counted from 1. */
  line: number
  language: string
  /** The file that it is: a comment in its first line, or what follows the language. */
  file: string | undefined
  text: string
}

/** A page of the manual, or another Markdown file that people read. */
export interface Page {
  /** From the root of the repository, with forward slashes. */
  path: string
  text: string
  anchors: Set<string>
  links: { target: string; line: number }[]
  blocks: CodeBlock[]
}

/** Every page of docs/, and the READMEs and the like that lead there. */
export function allPages(): Page[] {
  const manual = find('docs/**/*.md')
  const others = find('*.md')
  const rooms = ['packages', 'benchmarks', 'apps', 'examples'].flatMap((room) =>
    find(`${room}/**/README.md`),
  )
  return [...others, ...rooms, ...manual].map(readPage)
}

/** Paths from the root of the repository, with forward slashes. */
function find(pattern: string): string[] {
  const outside = new Set(['node_modules', 'fixtures', 'cache', '.vitepress'])
  const exclude = (path: string) => outside.has(basename(path))
  return globSync(pattern, { cwd: root, exclude }).map((path) => path.split(sep).join('/'))
}

/** Reads one page, by its path from the root of the repository. */
export function readPage(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8')
  const slugger = new GithubSlugger()
  const page: Page = { path, text, anchors: new Set(), links: [], blocks: [] }
  const tokens = markdown.parse(text, {})
  for (const [index, token] of tokens.entries()) {
    const line = (token.map?.[0] ?? 0) + 1
    if (token.type === 'heading_open') {
      const inline = tokens[index + 1]?.children ?? []
      const title = inline.map(({ type, content }) => (type === 'html_inline' ? '' : content))
      page.anchors.add(slugger.slug(title.join('')))
    }
    if (token.type === 'fence') page.blocks.push(blockOf(path, line, token.info, token.content))
    for (const child of token.children ?? []) {
      const target = child.attrGet(child.type === 'image' ? 'src' : 'href')
      if (target !== null) page.links.push({ target: decodeURI(String(target)), line })
    }
  }
  return page
}

/** A comment that names a file: `// server.js`, `# compose.yaml`, `-- users.sql`, `<!-- page.html -->`. */
const nameInComment =
  /^(?:\/\/|#|--|<!--|\/\*)\s+([\w./@-]+\.\w+|[\w/]*Dockerfile)(?:\s+(?:-->|\*\/))?\n/

function blockOf(page: string, line: number, info: string, text: string): CodeBlock {
  const [language = '', named] = info.trim().split(/\s+/)
  return { page, line, language, file: named ?? nameInComment.exec(text)?.[1], text }
}
