export interface User {
  name: string
  language: string
}

const users: User[] = [
  { name: 'Ada', language: 'Analytical Engine' },
  { name: 'Grace', language: 'COBOL' },
]

export function listUsers(): string[] {
  return users.map(({ name }) => name)
}

export function findUser(wanted: string): User | undefined {
  return users.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())
}
