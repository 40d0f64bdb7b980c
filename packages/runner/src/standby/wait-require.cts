// As wait-import.ts where Node loads the script by `require()`. CommonJS, which a loader that was given
// with `-r` leaves as it is.
{
  const runner = Reflect.get(globalThis, Symbol.for('hot-hook.runner'))
  Reflect.deleteProperty(globalThis, Symbol.for('hot-hook.runner'))
  runner?.wait?.atOnce()
}
