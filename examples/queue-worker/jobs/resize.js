import { heightOf } from '../images.js'

export async function resize({ id, width }) {
  console.log(`job ${id}: ${width} x ${heightOf(width)}`)
}
