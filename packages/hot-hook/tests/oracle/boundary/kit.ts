import type { HotProcess } from '../hot-process.ts'
import type { BoundaryKind } from '../kinds.ts'
import type { Kit } from '../kit.ts'
import { expectedWords, isOpen, matches, wordsOf } from './answers.ts'
import { healed } from './edits.ts'
import { freshAnswer, problemsOf } from './fresh.ts'
import { cases, type Step } from './generate.ts'
import { BoundaryJudge, loadOf } from './judge.ts'
import { entryName, moduleOf, type Program, pathOf } from './program.ts'
import { renderProgram } from './render.ts'
import type { Verdict } from './rules.ts'
import { smallerCases } from './smaller.ts'

/** Programs that ask with `import()` and `require()`: each answer is that of a fresh process. */
export const boundaryKit = (kind: BoundaryKind): Kit<Program, Verdict, Step> => ({
  imports: ['hot-hook/register'],
  extraFiles: {},
  savesAtOnce: false,
  cases: (edits) => cases(kind, edits),
  smaller: smallerCases,
  render: renderProgram,
  pathOf: (program, name) => pathOf(moduleOf(program, name)),
  entryPath: (program) => pathOf(moduleOf(program, entryName)),
  startProblems: (program) => problemsOf(program, entryName),
  healed,
  begin: (program) => new BoundaryJudge(program),
  questions(program, when) {
    // Hot Hook has to see what was saved before anything was asked, too.
    if (when === 'start') return []
    const routes = routesOf(program)
    if (when === 'end') return routes
    return routes.filter((_, index) => (when.asks >> (index % 3)) & 1)
  },
  modelFault(program, question, answer) {
    const expected = freshAnswer(program, loadOf(program, question))
    if (matches(answer, expected, true)) return undefined
    // Node itself ends where one of several errors goes to nobody: an import that nobody waits for any more.
    if (answer === undefined && isOpen(expected)) return undefined
    return `${expectedWords(expected)}, not ${wordsOf(answer)}`
  },
  async beforeSave(process, program, { isHeld, asks }) {
    const routes = routesOf(program)
    const route = routes[asks % routes.length]
    // Whether wiring was asked for again before the save or after it could not be told.
    const isWarm = program.modules.some(({ loads }) => loads.some(({ kind }) => kind === 'warm'))
    if (!isHeld || !program.canHold || isWarm || route === undefined) return undefined
    return hold(process, route)
  },
})

const routesOf = (program: Program): string[] =>
  [...moduleOf(program, entryName).loads.keys()].map((index) => `/${index}`)

/** Starts a request that is held inside a module, if one is evaluated. */
async function hold(
  process: HotProcess,
  route: string,
): Promise<{ words: string; after(): Promise<void> }> {
  await process.ask('/hold')
  const before = process.stdout.length
  let isAnswered = false
  const answered = process.ask(route).then(() => {
    isAnswered = true
  })
  await Promise.race([
    answered,
    process.until(() => process.stdout.slice(before).includes('held ')),
  ])
  return {
    words: `ask ${route}, ${isAnswered ? 'nothing is ' : ''}held`,
    async after() {
      await process.ask('/open')
      if (!process.fullReload) await answered
    },
  }
}
