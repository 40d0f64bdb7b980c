import {
  chmodSync,
  closeSync,
  copyFileSync,
  fchmodSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** A program that saves files, by the system calls that it makes. */
export interface Editor {
  name: string
  /** Saves a file that is there: each step is a system call, or a few that nobody can come between. */
  save(file: string, text: string): Iterable<void>
}

/** Writes, and makes sure that it is on the disk. */
function write(descriptor: number, text: string, sync: typeof fsyncSync = fsyncSync): void {
  writeSync(descriptor, text)
  sync(descriptor)
}

function beside(file: string, name: string): string {
  return join(dirname(file), name)
}

function* vim(
  file: string,
  text: string,
  backUp: (backup: string) => Iterable<void>,
): Iterable<void> {
  const swap = beside(file, `.${basename(file)}.swp`)
  closeSync(openSync(swap, 'wx', 0o600))
  yield
  yield* backUp(`${file}~`)
  const descriptor = openSync(file, 'a')
  yield
  ftruncateSync(descriptor, 0)
  yield
  write(descriptor, text)
  closeSync(descriptor)
  yield
  unlinkSync(`${file}~`)
  yield
  unlinkSync(swap)
}

/** Writes to a file of its own, which takes the place of the old one. */
function* byRename(temporary: string, file: string, text: string): Iterable<void> {
  const descriptor = openSync(temporary, 'wx', 0o600)
  yield
  write(descriptor, text)
  fchmodSync(descriptor, statSync(file).mode)
  closeSync(descriptor)
  yield
  renameSync(temporary, file)
}

function* inPlace(file: string, text: string, sync: typeof fsyncSync = () => {}): Iterable<void> {
  const descriptor = openSync(file, 'w')
  yield
  write(descriptor, text, sync)
  closeSync(descriptor)
}

/**
 * As `strace` shows them: Vim 9.0, Emacs 28.2, nano 7.2, sed 4.9, git 2.39, rsync 3.5 and cp 9.1; VS Code
 * and JetBrains as their sources have them.
 */
export const editors: Editor[] = [
  {
    name: 'Vim, backupcopy=yes',
    save: (file, text) =>
      vim(file, text, function* (backup) {
        const { atime, mtime } = statSync(file)
        const descriptor = openSync(backup, 'wx')
        writeSync(descriptor, readFileSync(file))
        closeSync(descriptor)
        utimesSync(backup, atime, mtime)
        yield
      }),
  },
  {
    name: 'Vim, backupcopy=no',
    save: (file, text) =>
      vim(file, text, function* (backup) {
        renameSync(file, backup)
        yield
      }),
  },
  {
    name: 'Vim, backupcopy=auto',
    save: (file, text) =>
      vim(file, text, function* (backup) {
        const probe = beside(file, '4913')
        closeSync(openSync(probe, 'wx'))
        yield
        unlinkSync(probe)
        yield
        renameSync(file, backup)
        yield
      }),
  },
  { name: 'VS Code', save: (file, text) => inPlace(file, text, fdatasyncSync) },
  {
    name: 'VS Code, atomic',
    save: (file, text) => byRename(`${file}.vsctmp`, file, text),
  },
  {
    name: 'JetBrains, safe write',
    *save(file, text) {
      const temporary = `${file}___jb_tmp___`
      const old = `${file}___jb_old___`
      const descriptor = openSync(temporary, 'w')
      yield
      write(descriptor, text)
      closeSync(descriptor)
      chmodSync(temporary, statSync(file).mode)
      yield
      renameSync(file, old)
      yield
      renameSync(temporary, file)
      yield
      unlinkSync(old)
    },
  },
  {
    name: 'Emacs, first save',
    *save(file, text) {
      const lock = beside(file, `.#${basename(file)}`)
      symlinkSync('somebody@somewhere.1', lock)
      yield
      renameSync(file, `${file}~`)
      yield
      yield* inPlace(file, text)
      yield
      closeSync(openSync(file, 'r+'))
      unlinkSync(lock)
    },
  },
  {
    name: 'Emacs, later saves',
    *save(file, text) {
      const lock = beside(file, `.#${basename(file)}`)
      symlinkSync('somebody@somewhere.1', lock)
      yield
      yield* inPlace(file, text)
      yield
      unlinkSync(lock)
    },
  },
  {
    name: 'nano, with a lock',
    *save(file, text) {
      const lock = beside(file, `.${basename(file)}.swp`)
      closeSync(openSync(lock, 'wx'))
      yield
      yield* inPlace(file, text, fsyncSync)
      yield
      unlinkSync(lock)
    },
  },
  { name: 'sed -i', save: (file, text) => byRename(beside(file, 'sedDhgJ60'), file, text) },
  {
    name: 'gedit',
    save: (file, text) => byRename(beside(file, '.goutputstream-4XN1U2'), file, text),
  },
  {
    name: 'git checkout, stash and rebase',
    *save(file, text) {
      unlinkSync(file)
      yield
      const descriptor = openSync(file, 'wx')
      yield
      writeSync(descriptor, text)
      closeSync(descriptor)
    },
  },
  {
    name: 'rsync -a',
    *save(file, text) {
      const temporary = beside(file, `.${basename(file)}.26RBqy`)
      const descriptor = openSync(temporary, 'wx', 0o600)
      yield
      writeSync(descriptor, text)
      closeSync(descriptor)
      utimesSync(temporary, old, old)
      chmodSync(temporary, statSync(file).mode)
      yield
      renameSync(temporary, file)
    },
  },
  {
    name: 'cp -p',
    *save(file, text) {
      yield* inPlace(file, text)
      utimesSync(file, old, old)
    },
  },
  {
    name: 'cp, from beside it',
    *save(file, text) {
      yield* inPlace(`${file}.orig`, text)
      copyFileSync(`${file}.orig`, file)
      unlinkSync(`${file}.orig`)
    },
  },
]

/** What is copied with its time is older than what it replaces, and each time the same. */
const old = new Date('2020-01-01')
