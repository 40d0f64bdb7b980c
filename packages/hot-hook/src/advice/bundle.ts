// What is in a file of its own, loaded with the first advice.
export { advise } from './advice.ts'
export { firstLine } from './first-line.ts'
