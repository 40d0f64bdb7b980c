import { type ChildProcess, spawn } from 'node:child_process'

// Reads `+ <process group>` and `- <process group>`; when its input ends, the runner is gone, and
// what is left of the groups ends: SIGTERM, and SIGKILL after the tenths of a second in $1.
const script = `
trap '' HUP INT QUIT TERM
groups=
while read -r sign group; do
  case $sign in
    +) groups="$groups $group" ;;
    -) kept=
       for known in $groups; do [ "$known" = "$group" ] || kept="$kept $known"; done
       groups=$kept ;;
  esac
done
for group in $groups; do kill -TERM -"$group"; kill -CONT -"$group"; done 2>/dev/null
left=$1
while [ "$left" -gt 0 ]; do
  alive=
  for group in $groups; do kill -0 -"$group" && alive=1; done 2>/dev/null
  [ -z "$alive" ] && exit
  sleep 0.1
  left=$((left - 1))
done
for group in $groups; do kill -KILL -"$group"; done 2>/dev/null
`

/**
 * Ends the script's processes when the runner is killed with SIGKILL and can do nothing itself. A
 * process that still turns its event loop sees its channel close; one that is blocked, or a child of
 * the script, does not. A shell that waits on a pipe costs next to nothing. Where there is none
 * (Windows, an image without /bin/sh) the channel alone must do.
 */
export class Guard {
  #shell: ChildProcess | undefined
  readonly #killTimeout: number

  constructor(killTimeout: number) {
    this.#killTimeout = killTimeout
  }

  /** From now on this process group ends with the runner. */
  watch(group: number): void {
    this.#shell ??= this.#start()
    this.#tell(`+ ${group}\n`)
  }

  /** The group has ended: its number may come back as somebody else's. */
  forget(group: number): void {
    this.#tell(`- ${group}\n`)
  }

  /** Ends the guard itself. */
  close(): void {
    this.#shell?.stdin?.end()
    this.#shell = undefined
  }

  #start(): ChildProcess | undefined {
    if (process.platform === 'win32') return undefined
    const tenths = String(Math.ceil(this.#killTimeout / 100))
    const shell = spawn('/bin/sh', ['-c', 'eval "$HOT_RUNNER_GUARD"', 'hot-runner-guard', tenths], {
      // A session of its own: what the terminal sends to the runner must not end its guard.
      detached: true,
      cwd: '/',
      // As an argument it would fill the list of processes.
      env: { ...process.env, HOT_RUNNER_GUARD: script },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    shell.on('error', () => {})
    shell.stdin.on('error', () => {})
    shell.unref()
    return shell
  }

  #tell(line: string): void {
    this.#shell?.stdin?.write(line)
  }
}
