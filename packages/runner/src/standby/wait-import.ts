// Behind Hot Hook and the packages that are given with `--import`, in front of the script. It imports
// nothing: most processes do not wait.
const { wait }: RunnerGlobal = Reflect.get(globalThis, Symbol.for('hot-hook.runner')) ?? {}
Reflect.deleteProperty(globalThis, Symbol.for('hot-hook.runner'))
await wait?.ahead()

interface RunnerGlobal {
  wait?: { ahead(): Promise<void> }
}

export {}
