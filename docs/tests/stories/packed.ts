/** What `npm run packed` plays: its packages are too large for every checkout. */
export const prisma = {
  page: 'docs/recipes/orms.md',
  blocks: ['prisma.ts', 'users.ts'],
  packages: ['prisma', '@prisma/client', '@prisma/adapter-libsql'],
}
