import { readSync } from 'node:fs'
import { controlPipe } from '../preload-protocol.ts'

/** Blocks until the runner has written a line; what follows is left to who reads next. */
export function readLine(): string {
  const bytes: number[] = []
  const byte = Buffer.alloc(1)
  while (true) {
    // The pipe closes with the runner.
    if (readByte(byte) === 0) leave()
    if (byte[0] === 0x0a) return Buffer.from(bytes).toString()
    bytes.push(byte[0] as number)
  }
}

/** Ends this process at once: nothing was started here, and no listener of a package is to hear of it. */
export function leave(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('killed')
}

function readByte(byte: Buffer): number {
  while (true) {
    try {
      return readSync(controlPipe, byte)
    } catch (error) {
      // A signal, such as the one that lets a stopped process go on.
      if ((error as NodeJS.ErrnoException).code !== 'EINTR') throw error
    }
  }
}
