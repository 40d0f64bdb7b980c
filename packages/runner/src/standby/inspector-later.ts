const option = /^--inspect(?:=(.*))?$/

/** The option that opens an inspector when Node starts. */
export function inspectorOf(execArgv: readonly string[]): string | undefined {
  return execArgv.findLast((argument) => option.test(argument))
}

/** The same options, but for it: the inspector can be opened later at the same place. */
export function withoutInspector(execArgv: readonly string[]): string[] {
  return execArgv.map((argument) => {
    const match = option.exec(argument)
    return match ? `--inspect-port=${match[1] || '9229'}` : argument
  })
}
