import type { Kit } from '../kit.ts'
import { cases, healed, type Step } from './generate.ts'
import { AcceptJudge } from './judge.ts'
import { isSeen, type Verdict } from './model.ts'
import { entryName, freshAnswer, type Program, pathOf, problemsOf } from './program.ts'
import { observer, renderProgram } from './render.ts'
import { smallerAcceptCases } from './smaller.ts'

/** Programs that accept: what each tells of itself is what the model says. */
export const acceptKit: Kit<Program, Verdict, Step> = {
  imports: ['hot-hook/register', 'observer'],
  extraFiles: observer,
  savesAtOnce: true,
  cases,
  smaller: smallerAcceptCases,
  render: renderProgram,
  pathOf,
  entryPath: (program) => pathOf(program, entryName),
  startProblems: (program) => problemsOf(program, entryName),
  healed,
  begin: (program) => new AcceptJudge(program),
  questions: () => ['/'],
  modelFault(program, _question, seen) {
    const expected = freshAnswer(program).join(' ')
    const told = isSeen(seen) ? seen.to.join(' ') : 'no answer'
    return told === expected ? undefined : `${expected}, not ${told}`
  },
}
