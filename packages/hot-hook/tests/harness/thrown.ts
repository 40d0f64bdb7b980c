/** What a program may throw, as expressions; Hot Hook has to say something of each. */
export const thrown: Record<string, string> = {
  'an Error': "new Error('mine')",
  'a text': "'mine'",
  undefined: 'undefined',
  null: 'null',
  'a symbol': "Symbol('mine')",
  'a function': '() => {}',
  'an object without a prototype': 'Object.create(null)',
  'a frozen Error': "Object.freeze(new Error('mine'))",
  'a frozen SyntaxError': "Object.freeze(new SyntaxError('mine'))",
  'an Error with a stack and a message that are no texts':
    "Object.assign(new Error('mine'), { stack: { not: 'a text' }, message: 7, code: 9 })",
  'an Error whose properties throw': `Object.defineProperties(new Error('mine'), Object.fromEntries(
    ['stack', 'message', 'name', 'code', 'cause', 'toString', 'constructor']
      .map((name) => [name, { get() { throw new TypeError('a getter of the program') } }])))`,
  'an Error that cannot be inspected':
    "Object.assign(new Error('mine'), { [Symbol.for('nodejs.util.inspect.custom')]() { throw new TypeError('inspect') } })",
  'a Proxy that answers nothing': `new Proxy(new Error('mine'), new Proxy({}, {
    get() { throw new TypeError('a trap of the program') } }))`,
  'a Proxy that is revoked': `(() => {
    const { proxy, revoke } = Proxy.revocable(new Error('mine'), {})
    revoke()
    return proxy
  })()`,
  'a thenable that never ends': '{ then() {} }',
}
