// The heap is given; memory-guard-process.test.ts fills a real one.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MemoryGuard } from '../../src/runtime/memory-guard.ts'

const mb = 2 ** 20
/** What is in use, what is left of it after a collection, both in MB, and how often it was collected. */
let heap: { used: number; held: number | undefined; collections: number; limit: number }
/** V8 exposes its collector, once it is told to; whether it can be had at all. */
let collector: { isExposed: boolean; isThere: boolean }
let asked: string[]
let guard: MemoryGuard
const { execArgv, getBuiltinModule } = process

beforeEach(() => {
  heap = { used: 0, held: undefined, collections: 0, limit: 1_000 }
  collector = { isExposed: false, isThere: true }
  asked = []
  guard = new MemoryGuard((reason) => asked.push(reason))
  process.execArgv = ['--max-old-space-size=100']
  vi.stubEnv('NODE_OPTIONS', '')
  const fakes: Record<string, unknown> = {
    'node:v8': {
      getHeapStatistics: () => ({ heap_size_limit: heap.limit * mb }),
      getHeapSpaceStatistics: () => [
        { space_name: 'old_space', space_size: (heap.used - 5) * mb },
        ...['code', 'trusted', 'large_object', 'code_large_object', 'trusted_large_object'].map(
          (name) => ({ space_name: `${name}_space`, space_size: mb }),
        ),
        ...['new', 'read_only', 'new_large_object', 'shared_old'].map((name) => ({
          space_name: `${name}_space`,
          space_size: 50 * mb,
        })),
      ],
      setFlagsFromString: (flag: string) => {
        collector.isExposed = flag === '--expose-gc'
      },
    },
    'node:vm': {
      runInNewContext: (name: string) => {
        if (name !== 'gc' || !collector.isExposed || !collector.isThere) return undefined
        return () => {
          heap.collections++
          if (heap.collections % 2 === 0) heap.used = heap.held ?? heap.used
        }
      },
    },
  }
  vi.spyOn(process, 'getBuiltinModule').mockImplementation(
    (id: string) => fakes[id] ?? getBuiltinModule(id),
  )
})

afterEach(() => {
  process.execArgv = execArgv
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

/** An update that replaces a module, when so many MB are in use, of which so many stay. */
function update(used: number, held?: number): void {
  heap.used = used
  heap.held = held
  guard.replaced(1, [])
}

describe('a fresh start is asked for', () => {
  it('once, when three quarters are in use and nothing of that can be freed', () => {
    update(10)
    update(74.9)
    expect([asked, heap.collections]).toEqual([[], 0])
    update(75)
    expect(asked).toEqual([
      '3 replaced module versions, which Node.js never frees, and the rest fill 75 MB of 100 MB',
    ])
    expect(heap.collections).toBe(2)
    update(99)
    expect([asked.length, heap.collections]).toEqual([1, 2])
  })

  it('not where less than 65 of 100 stay; the next look is when half of what is left is used', () => {
    update(10)
    update(80, 64.9)
    expect([asked, heap.collections]).toEqual([[], 2])
    update(82)
    expect(heap.collections).toBe(2)
    update(82.5, 65)
    expect([asked.length, heap.collections]).toEqual([1, 4])
  })

  it('where little stays the next look is at three quarters again', () => {
    update(10)
    update(80, 20)
    update(74)
    expect(heap.collections).toBe(2)
    update(75, 20)
    expect(heap.collections).toBe(4)
  })

  it('not when what was replaced holds little of what was left before: a restart would not help', () => {
    update(60)
    update(80, 70)
    expect(asked).toEqual([])
    update(90, 70.1)
    expect(asked).toHaveLength(1)
  })

  it('also where nothing can be collected', () => {
    collector.isThere = false
    update(10)
    update(80, 20)
    expect(asked).toEqual([expect.stringContaining('fill 80 MB of 100 MB')])
  })

  it('what was in use at the least counts, whenever that was', () => {
    update(70)
    update(80, 20)
    update(90, 70)
    expect(asked).toHaveLength(1)
  })
})

describe('of what was replaced', () => {
  const alive: WeakRef<object> = new WeakRef(globalThis)
  const gone: WeakRef<object> = { [Symbol.toStringTag]: 'WeakRef', deref: () => undefined }

  it('that which Node has freed is taken off', () => {
    heap.used = 10
    guard.replaced(6, [alive, gone])
    heap.used = 90
    guard.replaced(4, [alive, gone])
    expect(asked).toEqual([
      '5 replaced module versions, which Node.js never frees, and the rest fill 90 MB of 100 MB',
    ])
  })

  it('nothing is asked for where Node frees it', () => {
    heap.used = 10
    guard.replaced(1, [gone])
    heap.used = 90
    guard.replaced(1, [gone, gone])
    expect([asked, heap.collections]).toEqual([[], 2])
  })
})

describe('the limit', () => {
  /** The limit in MB, as it is said when it is nearly reached. */
  function limit(): number {
    heap.used = 10
    guard.replaced(1, [])
    heap.used = 9_999
    guard.replaced(1, [])
    return Number(/of (\d+) MB$/.exec(asked[0] ?? '')?.[1])
  }

  it.each([
    [['--max-old-space-size=200'], '', 200],
    [['--max_old_space_size=200'], '', 200],
    [['--max-old-space-size=200', '--max-old-space-size=300'], '', 300],
    [[], '--no-warnings  --max-old-space-size=400', 400],
    [['--max-old-space-size=200'], '--max-old-space-size=400', 200],
    [['--no-warnings'], '', 900],
    [['--max-old-space-size=200x', 'a--max-old-space-size=200'], '', 900],
  ])('with %j, and NODE_OPTIONS "%s", is %i', (given, options, expected) => {
    process.execArgv = given
    vi.stubEnv('NODE_OPTIONS', options)
    expect(limit()).toBe(expected)
  })

  it('is that of the thread, where it has one', async () => {
    const threads = '../../src/node/threads.ts'
    const resourceLimits: { maxOldGenerationSizeMb?: number } = { maxOldGenerationSizeMb: 50 }
    vi.resetModules()
    vi.doMock(threads, () => ({ isMainThread: false, threads: () => ({ resourceLimits }) }))
    const { MemoryGuard: GuardOfThread } = await import('../../src/runtime/memory-guard.ts')
    guard = new GuardOfThread((reason) => asked.push(reason))
    expect(limit()).toBe(50)
    asked = []
    delete resourceLimits.maxOldGenerationSizeMb
    guard = new GuardOfThread((reason) => asked.push(reason))
    expect(limit()).toBe(100)
    vi.doUnmock(threads)
  })

  it('is that of Node, but for the young generation, where nothing is given', () => {
    process.execArgv = []
    vi.stubEnv('NODE_OPTIONS', undefined)
    expect(limit()).toBe(900)
  })
})
