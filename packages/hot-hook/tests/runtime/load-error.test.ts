import { describe, expect, it } from 'vitest'
import { Transaction } from '../../src/loader/instances/transaction.ts'
import { clarify, culpritOf, phaseOf, throwerOf } from '../../src/runtime/load-error.ts'
import { TestGraph } from '../harness/graph.ts'

/** A load of `app`, which imports `users` and `db`. */
function load(sources: Record<string, string> = {}, { format = 'module', isFinal = true } = {}) {
  const graph = new TestGraph()
  const transaction = new Transaction([graph.node('app.js')], false, false)
  for (const name of ['app.js', 'users.js', 'db.js']) {
    const node = graph.node(name)
    const source = sources[name]
    if (source !== undefined)
      node.signature = { mtimeMs: 0, ctimeMs: 0, size: 0, readAt: 0, source }
    transaction.add({
      node,
      version: 1,
      url: `${node.url}?hot-hook=1`,
      format,
      isFinal,
      lexed: undefined,
      transaction,
    })
  }
  return { graph, transaction, node: (name: string) => graph.node(name) }
}

function failed(lines: string[], message = 'broken'): Error {
  const error = new Error(message)
  error.stack = [`Error: ${message}`, ...lines.map((line) => `    at ${line}`)].join('\n')
  return error
}

describe('the culprit of an error', () => {
  it.each([
    ['a path', failed(['open (/db.js:3:1)', '/users.js:1:1'])],
    ['a URL', failed(['open (file:///db.js:3:1)', 'file:///app.js:1:1'])],
    ['what was imported from it', failed([], "Cannot find '/x.js' imported from /db.js")],
  ])('is the module that it names first: by %s', (_, error) => {
    const { transaction, node } = load()
    expect(culpritOf(error, transaction)).toBe(node('db.js'))
  })

  it('is the first that it names, whatever was loaded first', () => {
    const { transaction, node } = load()
    const error = failed(['open (/users.js:3:1)', '/db.js:1:1'])
    expect(culpritOf(error, transaction)).toBe(node('users.js'))
  })

  it('is named by its message where there is no stack', () => {
    const { transaction, node } = load()
    const error = new Error('/users.js: no')
    error.stack = ''
    expect(culpritOf(error, transaction)).toBe(node('users.js'))
  })

  it('is what the load started from when it names none, or is no error', () => {
    const { transaction, node } = load()
    for (const error of [
      failed(['/users.jsx:1:1']),
      { stack: '/db.js:1' },
      '/db.js:1',
      undefined,
    ]) {
      expect(culpritOf(error, transaction)).toBe(node('app.js'))
    }
  })
})

describe('who threw', () => {
  it.each([
    [
      'an ES module, by its URL',
      failed(['file:///db.js:3:1', 'ModuleJob.run (node:internal/x:1:1)']),
    ],
    ['one with await', failed(['async file:///db.js:3:1'])],
    ['one by its path', failed(['/db.js:3:1'])],
    ['in a function that it called', failed(['open (/users.js:9:9)', 'file:///db.js:3:1'])],
    [
      'CommonJS',
      failed(['Object.<anonymous> (/db.js:3:1)', 'Module._compile (node:internal/x:1:1)']),
    ],
    [
      'CommonJS that another one requires',
      failed(['Object.<anonymous> (/db.js:3:1)', 'Object.<anonymous> (/app.js:1:1)']),
    ],
    [
      'CommonJS that an ES module imports',
      failed(['Object.<anonymous> (/db.js:3:1)', '/app.js:1:1']),
    ],
  ])('is found: %s', (_, error) => {
    const { transaction, node } = load()
    expect(throwerOf(error, transaction)).toBe(node('db.js'))
  })

  it.each([
    ['a function of it that Node called', failed(['open (file:///db.js:3:1)'])],
    [
      'a function without a name that a named one called',
      failed(['file:///db.js:3:1', 'open (file:///users.js:3:1)']),
    ],
    ['somebody else', failed(['file:///other.js:3:1'])],
    ['nobody', failed([])],
    ['no error', 'file:///db.js:3:1'],
    ['no error, with a stack', { stack: failed(['file:///db.js:3:1']).stack }],
  ])('is not known: %s', (_, error) => {
    expect(throwerOf(error, load().transaction)).toBeUndefined()
  })
})

describe('an error is one of the load', () => {
  const withCode = (code: string) => Object.assign(new Error('no'), { code })
  const syntaxError = (...frames: string[]) => {
    const error = new SyntaxError('no')
    error.stack = ['SyntaxError: no', ...frames].join('\n')
    return error
  }

  it.each([
    ['with a code of Node', withCode('ERR_MODULE_NOT_FOUND')],
    ['of a file that is not there', withCode('ENOENT')],
    ['of its syntax, thrown by Node', syntaxError('    at compile (node:internal/modules/x:1:1)')],
    [
      'of its syntax, with its place first',
      syntaxError('', '    at compile (node:internal/modules/x:1:1)'),
    ],
  ])('%s', (_, error) => {
    expect(phaseOf(error, load().transaction)).toBe('load')
  })

  it('when a loader threw it', () => {
    const { transaction } = load()
    const error = new Error('no')
    expect(phaseOf(error, transaction)).toBe('evaluate')
    transaction.loadErrors.add(error)
    expect(phaseOf(error, transaction)).toBe('load')
  })

  it.each([
    ['of the program', new Error('no')],
    ['with a code of its own', withCode('MY_ERR_')],
    ['no error at all', 'ERR_MODULE_NOT_FOUND'],
    ['no error, with a code', { code: 'ENOENT' }],
    ['of the program, thrown by Node', failed(['open (node:internal/fs:1:1)'])],
    [
      'of syntax that the program has parsed itself',
      syntaxError('    at JSON.parse (<anonymous>)', '    at x (node:internal/x:1:1)'),
    ],
    ['of syntax without a stack', syntaxError()],
  ])('not %s', (_, error) => {
    expect(phaseOf(error, load().transaction)).toBe('evaluate')
  })

  it('not once something of it is evaluated', () => {
    const { transaction } = load()
    transaction.isEvaluating = true
    const error = withCode('ENOENT')
    transaction.loadErrors.add(error)
    expect(phaseOf(error, transaction)).toBe('evaluate')
  })
})

describe('a clear error', () => {
  it('has no versions in its message and stack', () => {
    const { transaction } = load()
    const { url } = [...transaction.instances][0] ?? { url: '' }
    const error = failed([`${url}:1:1`], `no ${url}`)
    clarify(error, transaction.instances)
    expect(error.message).not.toContain('?')
    expect(error.message).toContain('/app.js')
    expect(error.stack).toContain('/app.js:1:1')
  })

  it('that is frozen, or none, stays as it is', () => {
    const { transaction } = load()
    const { url } = [...transaction.instances][0] ?? { url: '' }
    const error = Object.freeze(failed([], `no ${url}`))
    clarify(error, transaction.instances)
    clarify('broken', transaction.instances)
    const thrown = { message: url }
    clarify(thrown, transaction.instances)
    expect(thrown.message).toBe(url)
    expect(error.message).toBe(`no ${url}`)
  })

  const placeless = () => {
    const error = new SyntaxError('Unexpected token')
    error.stack = 'SyntaxError: Unexpected token\n    at compile (node:internal/x:1:1)'
    return error
  }

  it('of syntax has the place in the source that does not compile', () => {
    const { transaction } = load({ 'app.js': 'const a = 1', 'users.js': 'let b\nlet c = ;' })
    const error = placeless()
    clarify(error, transaction.instances)
    expect(error.stack).toMatch(/^\/users\.js:2:9\n/)
  })

  it('of syntax has that of what was loaded last where several do not compile', () => {
    const { transaction } = load({ 'app.js': 'let a = ;', 'db.js': 'let c = ;' })
    const error = placeless()
    clarify(error, transaction.instances)
    expect(error.stack).toMatch(/^\/db\.js:1:9\n/)
  })

  it('of syntax has that of what was loaded earlier where the rest compiles', () => {
    const { transaction } = load({ 'app.js': 'let a = ;', 'users.js': 'let b', 'db.js': 'let c' })
    const error = placeless()
    clarify(error, transaction.instances)
    expect(error.stack).toMatch(/^\/app\.js:1:9\n/)
  })

  it.each([
    ['that has its place', { 'app.js': 'let a = ;' }, {}, 'file:///x.js:1\nSyntaxError: no'],
    ['where all compiles', { 'app.js': 'let a' }, {}, undefined],
    ['where others compile the source', { 'app.js': 'let a = ;' }, { isFinal: false }, undefined],
  ])('of syntax %s stays as it is', (_, sources, how, stack) => {
    const { transaction } = load(sources, how)
    const error = placeless()
    if (stack !== undefined) error.stack = stack
    const before = error.stack
    clarify(error, transaction.instances)
    expect(error.stack).toBe(before)
  })

  it('of another kind gets no place', () => {
    const { transaction } = load({ 'app.js': 'let a = ;' })
    const error = failed([])
    clarify(error, transaction.instances)
    expect(error.stack).toBe('Error: broken')
  })
})
