import { expect } from 'vitest'
import type { Form } from './advice-forms.ts'
import type { GeneralForm } from './advice-general-forms.ts'
import { App, type AppOptions } from './app.ts'

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

/** Starts the application, and makes a save that is a full reload: what is advised. */
export async function adviceFor(
  { files, saved = 'app.js' }: Form | GeneralForm,
  options: AppOptions,
) {
  const app = new App(files, options).start()
  await app.until('one', async () => (await app.get()) === 'one')
  app.save(saved, (files[saved] as string).replace('one', 'two'))
  const { advice } = (await app.message('hot-hook:full-reload')) as { advice: string }
  await app.dispose()
  return advice
}

/** Three saves of the file, and an answer of each. */
export async function expectHot(
  files: Record<string, string>,
  saved: string,
  options: AppOptions,
): Promise<void> {
  const app = new App(files, options).start()
  await app.until('one', async () => (await app.get()) === 'one')
  for (const text of ['two', 'three', 'four']) {
    app.save(saved, (files[saved] as string).replace('one', text))
    await app.until(text, async () => (await app.get()) === text)
  }
  expect(app.messages.filter(({ type }) => type === 'hot-hook:full-reload')).toEqual([])
  expect(app.stderr.match(/could not be|warning/g)).toBeNull()
}
