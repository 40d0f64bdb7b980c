/**
 * A source with the lines that an advice names written into it, as its reader would: `line 3: …` in
 * place of that line, `below line 2: …` as a new one after it.
 */
export function applyAdvice(source: string, advice: string): string {
  const lines = source.split('\n')
  const below = new Map<number, string[]>()
  let count = 0
  for (const [, isBelow, number, text = ''] of advice.matchAll(
    /^ {2}(below )?line (\d+): (.*)$/gm,
  )) {
    const line = Number(number)
    count++
    if (isBelow) below.set(line, [...(below.get(line) ?? []), text])
    else lines[line - 1] = text
  }
  if (count === 0) throw new Error(`no lines in the advice:\n${advice}`)
  return lines.flatMap((line, index) => [line, ...(below.get(index + 1) ?? [])]).join('\n')
}
