import { posix } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

/** Where the repository can be read. */
export const repository = 'https://github.com/Julien-R44/hot-hook'

/** Links to files of the repository that are no pages of the site lead to the repository. */
export function repositoryLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('repository-links', ({ tokens, env }) => {
    for (const link of tokens.flatMap(({ children }) => children ?? [])) {
      const target = link.type === 'link_open' ? link.attrGet('href') : null
      if (target === null || !target.startsWith('../')) continue
      const path = posix.join('docs', posix.dirname(env.relativePath ?? ''), target)
      if (!path.startsWith('docs/')) link.attrSet('href', `${repository}/blob/main/${path}`)
    }
  })
}
