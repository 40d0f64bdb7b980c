import { execFile } from 'node:child_process'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Candidate } from '../candidates/candidate.ts'
import { packageDirectory } from '../candidates/set-up.ts'
import { FigureBook } from '../harness/figure-book.ts'
import { createDirectory, removeDirectory } from '../harness/workspace.ts'
import { writePackageJson } from '../programs/program.ts'
import type { Measure } from './measure.ts'

const run = promisify(execFile)

function npm(args: string[], cwd: string) {
  return run('npm', args, { cwd, shell: process.platform === 'win32', timeout: 120_000 })
}

/** What to install for a candidate; the packed tarball for the package of this repository. */
async function packageSpecifiers(candidate: Candidate): Promise<string[]> {
  const published: Record<string, string> = {
    'hot-hook-1': `hot-hook@${candidate.version}`,
    dynohot: `dynohot@${candidate.version}`,
    vite: `vite@${candidate.version}`,
    'tsx-watch': `tsx@${candidate.version}`,
    nodemon: `nodemon@${candidate.version}`,
    bun: `bun@${candidate.version}`,
    'hot-runner-1': `@hot-hook/runner@${candidate.version}`,
  }
  if (candidate.id === 'hot-hook') return [await pack('hot-hook')]
  const specifier = published[candidate.id]
  if (!specifier) throw new Error(`no package is known for ${candidate.id}`)
  // The manager is of use beside hot-hook alone.
  return candidate.id === 'hot-runner-1' ? ['hot-hook@1.0.0', specifier] : [specifier]
}

/** Packs a package of this repository as it would be published; returns the tarball. */
async function pack(name: string): Promise<string> {
  const directory = createDirectory('tarball')
  await npm(['pack', '--pack-destination', directory], packageDirectory(name))
  const tarball = readdirSync(directory).find((file) => file.endsWith('.tgz'))
  if (!tarball) throw new Error(`npm pack of ${name} made no tarball`)
  return join(directory, tarball)
}

/** Bytes of the files in a directory, all the way down. */
export function bytesOf(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).reduce(
    (total, entry) =>
      entry.isFile() ? total + lstatSync(join(entry.parentPath, entry.name)).size : total,
    0,
  )
}

export const footprint: Measure = {
  id: 'footprint',
  title: 'Footprint',
  async run({ candidates, progress }) {
    const scenario = 'npm install'
    const book = new FigureBook()
    for (const candidate of candidates) {
      if (candidate.id === 'node' || candidate.id === 'node-watch') {
        book.close(candidate.id, scenario, 'cannot', 'comes with node')
        continue
      }
      progress(candidate.label)
      await book.attempt(candidate.id, scenario, async () => {
        const specifiers = await packageSpecifiers(candidate)
        const directory = createDirectory('footprint')
        writePackageJson(directory)
        const flags = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
        await npm(['install', '--ignore-scripts', ...flags, ...specifiers], directory)
        const installed = join(directory, 'node_modules')
        const lock = JSON.parse(readFileSync(join(installed, '.package-lock.json'), 'utf8'))
        const kb = (bytesOf(installed) - bytesOfLock(installed)) / 1_024
        const packages = Object.keys(lock.packages).length
        removeDirectory(directory)
        return { packages, kb }
      })
    }
    return {
      id: 'footprint',
      title: 'Footprint',
      about: 'What `npm install` of the packed package brings, without install scripts.',
      figures: book.figures,
      columns: [
        { title: 'packages', scenario, metric: 'packages', statistic: 'max', unit: 'count' },
        { title: 'size', scenario, metric: 'kb', statistic: 'max', unit: 'KB' },
      ],
      plots: [],
    }
  },
}

function bytesOfLock(installed: string): number {
  return lstatSync(join(installed, '.package-lock.json')).size
}
