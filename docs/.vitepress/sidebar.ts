import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DefaultTheme } from 'vitepress'

const docs = dirname(dirname(fileURLToPath(import.meta.url)))

/** The navigation: the first page of the manual, whose headings are groups and whose links are entries. */
export const sidebar: DefaultTheme.SidebarItem[] = groupsOf(
  readFileSync(join(docs, 'README.md'), 'utf8'),
)

function groupsOf(text: string): DefaultTheme.SidebarItem[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [title = ''] = part.split('\n')
      const links = [...part.matchAll(/\[([^\]]+)\]\(([\w./-]+)\.md\)/g)]
      return {
        text: title,
        collapsed: false,
        items: links.map(([, name = '', path = '']) => ({
          text: name.replaceAll('`', ''),
          link: `/${path.replace(/(^|\/)README$/, '$1')}`,
        })),
      }
    })
}
