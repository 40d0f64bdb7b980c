import type { AdvisedLine } from './pass-on.ts'

/** In what a module is imported again and again. */
const inHandler = 'in the function that handles a request or a job'

/** Two modules of a path, as the log names them. */
export interface NamedStep {
  file: string
  importer: string
}

/** What is to be written, line by line. */
export function linesToWrite({ file, importer }: NamedStep, lines: AdvisedLine[]): string {
  return [
    `${file} is imported by ${importer}. It is hot with these lines in ${importer}:`,
    ...lines.map(({ line, place, text }) => {
      return `  ${place === 'below' ? 'below ' : ''}line ${line}: ${text.trim()}`
    }),
  ].join('\n')
}

/** Once in a project, in any file of it. */
export const types = `for its types, once in the project: /// <reference types="hot-hook/import-meta" />`

/** Where no line can be told, the two ways that there are. */
export function twoWays(
  { file, importer }: NamedStep,
  { accept, call, once }: { accept: string; call: string; once: string | undefined },
): string {
  return [
    `${file} is imported by ${importer}, which has to use the new one. It is hot with one of these in ${importer}:`,
    ...(once === undefined ? [] : [`  ${once}`]),
    `  ${accept}, which puts the new one in place of the old`,
    `  ${call} ${inHandler}, and nowhere else`,
  ].join('\n')
}

/** An `import()` or `require()` that is made while the program starts. */
export function loadedOnce({ file, importer }: NamedStep, call: string): string {
  return [
    `${file} is loaded by ${importer} once, while the program starts. It is hot where it is asked for each time:`,
    `  ${call} ${inHandler}`,
  ].join('\n')
}

export function loadedBefore({ file, importer }: NamedStep): string {
  return [
    `${importer} was loaded before Hot Hook, so ${file}, which it imports, cannot be hot:`,
    `  start the program with --import hot-hook/register, or import() it behind hot.init()`,
  ].join('\n')
}

export function onlyRun(file: string, hot: string): string {
  return [
    `${file} is only run by what imports it. It is hot if it accepts itself, in ${file}:`,
    `  ${hot}?.accept()`,
    `  ${hot}?.dispose(() => { … }), which closes what it has opened`,
  ].join('\n')
}

export function declined(file: string, line: string | undefined): string {
  const what = `${file} declines every change that reaches it`
  return line === undefined ? what : `${what}:\n  ${line}`
}

export function entryItself(file: string): string {
  return [
    `${file} is the entry, which starts everything and is not hot itself:`,
    `  move what changes to a module of its own, and import() that ${inHandler}`,
  ].join('\n')
}

export function ignored({ file, importer }: NamedStep, glob: string): string {
  return [
    `${file} is imported by ${importer}, which is ignored. If that asks for it each time, it is hot with:`,
    `  "include": ["${glob}"] in the options of Hot Hook`,
  ].join('\n')
}
