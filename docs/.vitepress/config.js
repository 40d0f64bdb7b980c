import GithubSlugger from 'github-slugger'
import { defineConfig } from 'vitepress'
import llmstxt from 'vitepress-plugin-llms'
import { fileNames } from './file-names.ts'
import { repository, repositoryLinks } from './repository-links.ts'
import { sidebar } from './sidebar.ts'

const description =
  'Hot module reloading for Node.js servers: save a file, and the running process uses it at the next request.'

/** The site of the manual: `npm run docs`. The pages read as well on GitHub. */
export default defineConfig({
  title: 'Hot Hook',
  description,
  lang: 'en',
  head: [['link', { rel: 'icon', href: '/icon.svg', type: 'image/svg+xml' }]],
  cleanUrls: true,
  lastUpdated: false,
  // The first page of a directory is what GitHub shows for it.
  rewrites: { 'README.md': 'index.md', ':directory/README.md': ':directory/index.md' },
  srcExclude: ['tests/**', 'recording/**'],
  markdown: {
    // The anchors of GitHub, so that a link leads to the same place here and there.
    anchor: { slugify: (title) => new GithubSlugger().slug(title) },
    config(markdown) {
      fileNames(markdown)
      repositoryLinks(markdown)
    },
  },
  vite: { plugins: [llmstxt({ description, ignoreFiles: ['tests/**', 'recording/**'] })] },
  themeConfig: {
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    sidebar,
    socialLinks: [{ icon: 'github', link: repository }],
    logo: '/icon.svg',
    nav: [
      { text: 'Start', link: '/getting-started' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
    ],
  },
})
