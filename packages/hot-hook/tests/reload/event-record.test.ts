import { describe, expect, it } from 'vitest'
import { EventBus, type HotEvents } from '../../src/events.ts'
import { followEvents, type RuntimeRecord, recordOf } from '../../src/reload/event-record.ts'

const events: HotEvents = {
  invalidate: { files: ['/a'], modules: ['/a', '/b'], boundaries: ['/b'] },
  update: { files: ['/a'], modules: ['/a', '/b'], boundaries: ['/b'], durationMs: 1.5 },
  'full-reload': { file: '/a', chain: ['/a', '/b'], reason: 'it is the entry', advice: 'do this' },
  prune: { file: '/a' },
  error: { file: '/a', error: 'no error', phase: 'evaluate' },
}

describe('recordOf', () => {
  it('is the event with its name and time, as plain data', () => {
    expect(recordOf('invalidate', events.invalidate, 7)).toEqual({
      event: 'invalidate',
      time: 7,
      ...events.invalidate,
    })
    expect(recordOf('update', events.update, 7)).toEqual({
      event: 'update',
      time: 7,
      ...events.update,
    })
    expect(recordOf('full-reload', events['full-reload'], 7)).toEqual({
      event: 'full-reload',
      time: 7,
      ...events['full-reload'],
    })
    expect(recordOf('error', events.error, 7)).toEqual({
      event: 'error',
      time: 7,
      file: '/a',
      phase: 'evaluate',
      message: 'no error',
    })
  })
})

describe('followEvents', () => {
  it('gives a record of each event until it is ended', () => {
    const bus = new EventBus(() => {})
    const records: RuntimeRecord[] = []
    const end = followEvents(bus, (record) => records.push(record))
    const emitAll = () => {
      bus.emit('invalidate', events.invalidate)
      bus.emit('update', events.update)
      bus.emit('full-reload', events['full-reload'])
      bus.emit('prune', events.prune)
      bus.emit('error', events.error)
    }
    emitAll()
    expect(records.map(({ event }) => event)).toEqual(Object.keys(events))
    expect(JSON.parse(JSON.stringify(records))).toEqual(records)
    end()
    emitAll()
    expect(records).toHaveLength(5)
  })
})
