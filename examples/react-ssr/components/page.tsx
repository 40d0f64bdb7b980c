import { Greeting } from './greeting.tsx'

export function Page({ path }: { path: string }) {
  return (
    <html lang="en">
      <head>
        <title>Hot Hook and React</title>
      </head>
      <body>
        <Greeting name="Ada" />
        <p>You asked for {path}</p>
      </body>
    </html>
  )
}
