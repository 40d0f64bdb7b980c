// The long run of the oracle: `npm run oracle -- --programs 1000 --node 22,24,26 --kind esm,accept`.
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type NodeMajor, nodeMajors } from '../harness/nodes.ts'
import { checkSeed, describeFinding } from './check-seed.ts'
import { type Kind, kinds } from './kinds.ts'

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '100' },
    edits: { type: 'string', default: '15' },
    node: { type: 'string', default: nodeMajors.join() },
    kind: { type: 'string', default: kinds.join() },
    seed: { type: 'string', default: `${Date.now() % 1e9}` },
    /** One of so many programs is compared with a process without Hot Hook, too; 0: none. */
    sample: { type: 'string', default: '50' },
    jobs: { type: 'string', default: `${2 * availableParallelism()}` },
    'shrink-seconds': { type: 'string', default: '60' },
    'max-findings': { type: 'string', default: 'Infinity' },
  },
})

const list = <T extends string>(text: string, known: readonly T[]): T[] => {
  const wanted = text.split(',')
  const found = known.filter((each) => wanted.includes(each))
  if (found.length !== wanted.length) throw new Error(`'${text}' is not among ${known.join()}`)
  return found
}

const nodes = list<NodeMajor>(values.node, nodeMajors)
const wanted = list<Kind>(values.kind, kinds)
const firstSeed = Number(values.seed)
const programs = Number(values.programs)
const sample = Number(values.sample)
const runs = function* () {
  for (let index = 0; index < programs; index++) {
    for (const kind of wanted) {
      for (const node of nodes) yield { kind, node, index }
    }
  }
}
const left = runs()
let done = 0
let found = 0
const started = Date.now()

async function work(): Promise<void> {
  for (const { kind, node, index } of left) {
    const finding = await checkSeed(kind, node, firstSeed + index, {
      edits: Number(values.edits),
      isSampled: sample > 0 && index % sample === 0,
      shrinkMs: Number(values['shrink-seconds']) * 1000,
    })
    done++
    if (finding) {
      found++
      console.log(describeFinding(finding))
    }
    if (found >= Number(values['max-findings'])) return
    if (done % 100 === 0) console.error(`${done} runs, ${found} findings, ${seconds()} s`)
  }
}

const seconds = () => Math.round((Date.now() - started) / 1000)

await Promise.all(Array.from({ length: Number(values.jobs) }, work))
console.log(
  `${done} runs (${wanted.join()} on Node ${nodes.join()}, seeds from ${firstSeed}): ${found} findings in ${seconds()} s`,
)
process.exitCode = found > 0 ? 1 : 0
