/** Pauses between attempts to reach the server again. Pure. */

const LONGEST = 30

/**
 * 1, 2, 4, … at most 30 seconds, and up to half as much again, different for each session: browsers that lost the
 * server together do not come back together.
 * @param attempt how many have failed in a row, from 0
 */
export function backoff(attempt: number, sessionId: string): number {
  const spread = [...sessionId].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7) / 997
  return Math.min(LONGEST, 2 ** attempt) * (1 + spread / 2)
}
