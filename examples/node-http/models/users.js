/** Only controllers need it: an edit is hot. */
export const users = [
  { id: 'ada', name: 'Ada' },
  { id: 'grace', name: 'Grace' },
]

export function findUser(id) {
  return users.find((user) => user.id === id)
}
