import type { MarkdownRenderer } from 'vitepress'

/** A block of code that is a file says so in its first line, which GitHub shows too; here `json` has it in front. */
export function fileNames(markdown: MarkdownRenderer): void {
  const fence = markdown.renderer.rules.fence
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const [, name] = tokens[index]?.info.trim().split(/\s+/) ?? []
    const html = fence?.(tokens, index, options, env, self) ?? ''
    return name === undefined ? html : `<p class="file-name"><code>${name}</code></p>${html}`
  }
}
