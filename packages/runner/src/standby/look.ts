import { readdirSync, statSync } from 'node:fs'

/** What one look at a file says, or of a directory what it contains; another text after a change. */
export function look(path: string): string {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (!stats) return 'missing'
    if (stats.isDirectory()) return readdirSync(path).sort().join('\n')
    return `${stats.mtimeMs} ${stats.ctimeMs} ${stats.size} ${stats.ino}`
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}
