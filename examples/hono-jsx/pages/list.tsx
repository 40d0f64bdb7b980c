import { Layout } from './layout.tsx'

export function List({ title, teas }: { title: string; teas: readonly string[] }) {
  return (
    <Layout title={title}>
      <h1>{title}: our list</h1>
      {teas.map((tea) => (
        <p>{tea}</p>
      ))}
    </Layout>
  )
}
