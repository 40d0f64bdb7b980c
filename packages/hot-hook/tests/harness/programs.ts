import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program of this machine that saves a file. */
export interface SavingProgram {
  name: string
  /** The command that it is. */
  command: string
  save(file: string, text: string): void
}

/** Whether a command is on the PATH. What is not there is not tested, which one line says. */
export function hasCommand(command: string): boolean {
  const path = (process.env.PATH ?? '').split(delimiter)
  const isThere = path.some((directory) => existsSync(join(directory, command)))
  if (!isThere) console.warn(`!!! NOT RUN: tests that need ${command}, which is not installed`)
  return isThere
}

const run = (command: string, ...given: string[]) =>
  execFileSync(command, given, { stdio: ['ignore', 'ignore', 'pipe'] })

const vim = (backupCopy: string): SavingProgram => ({
  name: `Vim, backupcopy=${backupCopy}`,
  command: 'vim',
  save(file, text) {
    // By default Vim keeps nothing of what is in /tmp.
    const options = `set writebackup backupskip= backupdir=. backupcopy=${backupCopy}`
    const commands = [options, `call setline(1, ${JSON.stringify(text)})`, 'w', 'q']
    run(
      'vim',
      '-N',
      '-u',
      'NONE',
      '-i',
      'NONE',
      '-es',
      ...commands.flatMap((one) => ['-c', one]),
      file,
    )
  },
})

/** From a file elsewhere, which the command puts in place of this one. */
function fromElsewhere(file: string, text: string, put: (source: string) => void): void {
  const source = `${file}.source`
  writeFileSync(source, text)
  put(source)
  rmSync(source)
}

export const savingPrograms: SavingProgram[] = [
  vim('yes'),
  vim('no'),
  vim('auto'),
  {
    name: 'Emacs',
    command: 'emacs',
    save(file, text) {
      const keep = '(setq make-backup-files t backup-enable-predicate (lambda (_) t))'
      const edit = `(erase-buffer) (insert ${JSON.stringify(text)}) (save-buffer)`
      run('emacs', '-Q', '--batch', file, '--eval', `(progn ${keep} ${edit})`)
    },
  },
  {
    name: 'sed -i',
    command: 'sed',
    save: (file, text) => run('sed', '-i', `1s/.*/${text}/`, file),
  },
  {
    name: 'rsync -a',
    command: 'rsync',
    // Without -I what has the time and the length of the old one is left as it is.
    save: (file, text) => fromElsewhere(file, text, (from) => run('rsync', '-aI', from, file)),
  },
  {
    name: 'rsync --inplace',
    command: 'rsync',
    save: (file, text) =>
      fromElsewhere(file, text, (from) => run('rsync', '-aI', '--inplace', from, file)),
  },
  {
    name: 'cp -p',
    command: 'cp',
    save: (file, text) => fromElsewhere(file, text, (from) => run('cp', '-p', from, file)),
  },
  {
    name: 'mv',
    command: 'mv',
    save: (file, text) => {
      copyFileSync(file, `${file}.new`)
      writeFileSync(`${file}.new`, text)
      run('mv', `${file}.new`, file)
    },
  },
]

/** Runs git in a directory, as somebody who has configured nothing. */
export function git(directory: string, ...given: string[]): void {
  const who = { NAME: 'somebody', EMAIL: 'somebody@example.org' }
  const names = Object.entries(who).flatMap(([name, value]) => [
    [`GIT_AUTHOR_${name}`, value],
    [`GIT_COMMITTER_${name}`, value],
  ])
  const none = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  execFileSync('git', given, {
    cwd: directory,
    env: { ...process.env, ...none, ...Object.fromEntries(names) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}
