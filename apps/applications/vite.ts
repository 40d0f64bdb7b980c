import type { Application } from './application.ts'

/** An ES module whose server loads the rest through Vite, which watches it by itself. */
export const viteSsr: Application = {
  id: 'vite-ssr',
  generator: 'create-vite-extra@5.0.3 (ssr-vanilla)',
  generate(workshop) {
    workshop.fetch('create-vite-extra@5.0.3')
    const template = ['--template', 'ssr-vanilla', '--no-interactive', '--overwrite']
    workshop.run('create-vite-extra/dist/index.js', '.', ...template)
    workshop.install()
    workshop.add('vite@^8.2.2')
  },
  start: { script: 'server' },
  // What it loads through Vite is Vite's: also without Hot Hook it misses a save by rename.
  targets: [
    {
      role: 'entry',
      file: 'server.js',
      replace: ["'Content-Type': 'text/html'", "'Content-Type': 'text/html', 'x-saved': '%s'"],
    },
  ],
}
