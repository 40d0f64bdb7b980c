/** Environment variable with what a process has advised before it restarted in place. */
const variable = 'HOT_HOOK_ADVISED'
const mostCharacters = 16_000

// Taken when this module is loaded: the application does not see it.
const told = new Set(process.env[variable]?.split('\n'))
delete process.env[variable]

/** What names the two modules of an advice. */
export function keyOf(advice: string): string {
  return advice.split('\n', 1)[0] ?? ''
}

/** Whether nothing was advised yet under this key, also before a restart in place. */
export function isFirstTime(key: string): boolean {
  if (told.has(key)) return false
  told.add(key)
  return true
}

/** What a process that follows this one in place is to know. */
export function handOn(): Record<string, string> {
  const text = [...told].join('\n')
  return text === '' || text.length > mostCharacters ? {} : { [variable]: text }
}
