import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Where an image is built without Docker: what it is based on is the system that there is. */
interface Build {
  dockerfile: string
  dockerignore: string
  /** The directory that is copied from. */
  context: string
  /** The directory that stands for `WORKDIR`. */
  image: string
  run(command: string): void
}

/** Does what a Dockerfile says. */
export function buildImage({ dockerfile, dockerignore, context, image, run }: Build): void {
  const ignored = linesOf(dockerignore)
  const files = readdirSync(context, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(context, join(entry.parentPath, entry.name)))
    .filter((path) => !ignored.includes(path.split(/[\\/]/)[0] ?? ''))
  for (const instruction of linesOf(dockerfile)) {
    const [word, ...given] = instruction.split(' ')
    if (word === 'RUN') run(given.join(' '))
    if (word !== 'COPY') continue
    const [pattern = ''] = given
    const [start = '', end = ''] = pattern === '.' ? [] : pattern.split('*')
    for (const path of files) {
      if (!path.startsWith(start) || !path.endsWith(end)) continue
      mkdirSync(dirname(join(image, path)), { recursive: true })
      cpSync(join(context, path), join(image, path))
    }
  }
}

/** Copies a file into a container as `docker compose watch` does: as an archive that is unpacked there. */
export function syncFile(path: string, context: string, image: string): void {
  const archive = execFileSync('tar', ['-cf', '-', '-C', context, path])
  execFileSync('tar', ['-xf', '-', '-C', image], { input: archive })
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}
