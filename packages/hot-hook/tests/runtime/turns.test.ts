import { setImmediate as immediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type Turn, Turns } from '../../src/runtime/turns.ts'

/** Takes a turn, and notes when it has it. */
async function take(turns: Turns, name: string, had: string[]): Promise<Turn> {
  const turn = await turns.take()
  had.push(name)
  return turn
}

it('turns are had one at a time, in the order in which they are asked for', async () => {
  const turns = new Turns()
  const had: string[] = []
  const [first, second, third] = ['first', 'second', 'third'].map((name) => take(turns, name, had))
  await immediate()
  expect(had).toEqual(['first'])
  ;(await first)?.end()
  await immediate()
  expect(had).toEqual(['first', 'second'])
  ;(await second)?.end()
  await third
  expect(had).toEqual(['first', 'second', 'third'])
})

it('a turn that is ended twice lets one go', async () => {
  const turns = new Turns()
  const had: string[] = []
  const [first, second] = ['first', 'second', 'third'].map((name) => take(turns, name, had))
  const turn = await first
  turn?.end()
  await second
  turn?.end()
  await immediate()
  expect(had).toEqual(['first', 'second'])
  expect(turns.ended).toBeDefined()
})

it('one that resumes waits for those that were asked for meanwhile; one that has not ended goes on', async () => {
  const turns = new Turns()
  const had: string[] = []
  const turn = await turns.take()
  await turn.resume()
  const other = take(turns, 'other', had)
  turn.end()
  const resumed = turn.resume().then(() => had.push('resumed'))
  await immediate()
  expect(had).toEqual(['other'])
  ;(await other).end()
  await resumed
  expect(had).toEqual(['other', 'resumed'])
  turn.end()
  expect(turns.ended).toBeUndefined()
})

it('all have ended when the last has', async () => {
  const turns = new Turns()
  expect(turns.ended).toBeUndefined()
  const first = await turns.take()
  const second = turns.take()
  const { ended } = turns
  let isOver = false
  void ended?.then(() => {
    isOver = true
  })
  first.end()
  await immediate()
  expect(isOver).toBe(false)
  expect(turns.ended).toBe(ended)
  ;(await second).end()
  await ended
  expect(turns.ended).toBeUndefined()
})
