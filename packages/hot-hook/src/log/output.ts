/** How many of our writes to a stream have not ended. */
const pending = new WeakMap<NodeJS.WriteStream, number>()

/**
 * Writes to stdout or stderr. Whether anybody can read it, a pipe whose reader has gone, a full disk,
 * is no concern of the program, which an 'error' that nobody listens to would end.
 *
 * @param done called when it was written, or could not be
 */
export function writeTo(stream: NodeJS.WriteStream, text: string, done = () => {}): void {
  const count = pending.get(stream) ?? 0
  // `console` does it for its first failure only.
  if (count === 0) stream.on('error', ignore)
  pending.set(stream, count + 1)
  stream.write(text, (error) => {
    // The event comes after this call.
    if (error) setImmediate(() => end(stream)).unref()
    else end(stream)
    done()
  })
}

function end(stream: NodeJS.WriteStream): void {
  const count = (pending.get(stream) ?? 0) - 1
  pending.set(stream, count)
  if (count === 0) stream.off('error', ignore)
}

function ignore(): void {}
