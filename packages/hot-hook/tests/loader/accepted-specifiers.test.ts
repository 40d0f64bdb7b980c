import { describe, expect, it } from 'vitest'
import { acceptedSpecifiers } from '../../src/loader/sources/accepted-specifiers.ts'
import { lex } from '../../src/loader/sources/lexer.ts'

describe('accepted specifiers', () => {
  it.each([
    ["hot.accept('./a.js', () => {})", ['./a.js']],
    ['hot?.accept("./a.js")', ['./a.js']],
    ['hot!.accept(`./a.js`)', ['./a.js']],
    ["hot.accept([\n'./a.js',\n'./b.js',\n], () => {})", ['./a.js', './b.js']],
    // Calls.
    ["hot.accept?.('./a.js')", ['./a.js']],
    ["hot.accept!('./a.js')", ['./a.js']],
    ["hot['accept']('./a.js')", ['./a.js']],
    ["hot\n  .accept\n  ('./a.js')", ['./a.js']],
    ["const { accept } = import.meta.hot; accept('./a.js')", ['./a.js']],
    ["const { accept: take, data } = import.meta.hot\ntake('./a.js')", ['./a.js']],
    ["const $take = import.meta.hot?.accept\n$take('./a.js')", ['./a.js']],
    ["hot.accept('./a.js')\nhot.accept('./b.js')", ['./a.js', './b.js']],
    // Comments and parentheses.
    ["hot.accept(/* it's */ './a.js' /* , './b.js' */, cb)", ['./a.js']],
    ["hot.accept( // it's\n'./a.js' // './b.js'\n, cb)", ['./a.js']],
    ["hot.accept /* why ( */ (('./a.js'))", ['./a.js']],
    ["hot.accept(['./a.js', /* ] './b.js', */ './c.js',], cb)", ['./a.js', './c.js']],
    // What is in a literal.
    ["hot.accept(['./[id].js', './b.js'])", ['./[id].js', './b.js']],
    ["hot.accept('./it\\'s (a).js')", ["./it's (a).js"]],
    ["hot.accept('./\\x61\\u0062\\u{63}.js')", ['./abc.js']],
    ['hot.accept("./a\\\n.js")', ['./a.js']],
    ['hot.accept(`./\\`$.js`)', ['./`$.js']],
    // What is more than a literal.
    ["hot.accept(['./a.js'] as const, cb)", ['./a.js']],
    ["hot.accept(isDev ? './a.js' : './b.js')", ['./a.js', './b.js']],
    ["hot.accept([...more, './a.js'])", ['./a.js']],
    ["hot.accept(import.meta.resolve('./a.js'), cb)", ['./a.js']],
    ["hot.accept(new URL('./a.js', import.meta.url).href, cb)", ['./a.js']],
  ])('%j', (source, expected) => expect([...acceptedSpecifiers(source)]).toEqual(expected))

  it.each([
    'hot.accept()',
    "hot.accept((next) => next.start('./a.js'))",
    "hot.accept(async function (next, from = './a.js') {})",
    "hot.accept(next => { if (next.accepts) load('./a.js') })",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a source says
    "hot.accept(`./${name}.js`, './a.js')",
    "hot.accept(cb, './a.js')",
    "hot.acceptable('./a.js')",
    "if (hot.accept) load('./a.js')",
    "hot.accept(/* './a.js'",
    "hot.accept('./a.js",
    'hot.accept',
  ])('none in %j', (source) => expect(acceptedSpecifiers(source).size).toBe(0))

  it('are read in no time, whatever follows the name', () => {
    const comments = `accept ${'/* a */ // b\n'.repeat(50_000)}`
    const strings = `accept([${"'./a.js', ".repeat(50_000)}`
    const startedAt = performance.now()
    acceptedSpecifiers(comments + strings + 'accept '.repeat(50_000))
    expect(performance.now() - startedAt).toBeLessThan(2000)
  })

  it("are not looked for where import.meta is not read: another object's accept", () => {
    expect(lex("server.accept('./a.js')").accepted.size).toBe(0)
  })

  it('are found beside an inline source map of any length', () => {
    const map = `//# sourceMappingURL=data:application/json;base64,${'A'.repeat(1_000_000)}`
    const before = performance.now()
    expect([...acceptedSpecifiers(`hot.accept('./a.js')\n${map}`)]).toEqual(['./a.js'])
    // Tried from each of its characters, it takes minutes.
    expect(performance.now() - before).toBeLessThan(5_000)
  })
})
