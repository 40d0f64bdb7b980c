const [least, most] = [20, 1_000]

/**
 * How long to wait before a server is asked again, in milliseconds: it is found after a twentieth more of the
 * time that it was away.
 */
export function pauseAfter(away: number): number {
  return Math.min(Math.max(away / 20, least), most)
}
