import { describe, expect, it } from 'vitest'
import { serverImporting } from '../../harness/app.ts'
import { formatApp, formats } from '../../harness/formats.ts'
import { nodeMajors } from '../../harness/nodes.ts'

const compiled = formats.filter(({ isCompiled }) => isCompiled)

describe.each(compiled)("Hono's JSX, $name", (format) => {
  it.each(nodeMajors)('is hot, and errors name line and column, on Node %s', async (node) => {
    const page = (text: string) => `interface Props { name: string }

export function Page({ name }: Props) {
  return <p>${text} {name}</p>
}`
    const app = formatApp(
      format,
      {
        'server.ts': serverImporting('./app.tsx'),
        'app.tsx': `import { Hono } from 'hono'
import { Page } from '~/page.tsx'
const app = new Hono().get('/', (context) => context.html(<Page name="Ada" />))
app.onError((error, context) => context.text(String(error.stack), 500))
export default async (request: { url: string }, response: { end(text: string): void }) =>
  response.end(await (await app.request(request.url)).text())`,
        'page.tsx': page('Hello'),
      },
      { node, entry: 'server.ts' },
    ).start()
    expect(await app.get()).toBe('<p>Hello Ada</p>')
    app.save('page.tsx', page('Good day,'))
    expect(await app.get()).toBe('<p>Good day, Ada</p>')
    app.save('page.tsx', page('{missing()}'))
    expect(await app.get()).toMatch(/page\.tsx:4:1[0-9]\b/)
    app.save('page.tsx', page('Good night,'))
    expect(await app.get()).toBe('<p>Good night, Ada</p>')
  })
})
