import 'server-only'
import type { SessionCheck } from '#db/contract.ts'
import { secondsBetween } from '#lib/time.ts'
import { sameDigest } from './token.ts'

/**
 * What the token that a browser showed is to the session's row.
 *
 * - `present`: the row's token.
 * - `successor`: offered in a renewal, and now shown for the first time.
 * - `predecessor`: retired by a renewal less than the grace ago; requests in flight still carry it.
 * - `retired`: retired by an authentication less than the grace ago; refused, but it is no theft.
 * - `replayed`: an older token used after its time. Two hold tokens of one session: it must end.
 * - `unknown`: not of this row, or not of this row any more (a restored backup).
 */
export type Recognition = 'present' | 'successor' | 'predecessor' | 'retired' | 'replayed' | 'unknown'

export interface Shown {
  readonly generation: number
  readonly digest: Buffer
}

/**
 * Pure. The seal is authentic, so an old generation in it was once handed out: no history of digests is needed
 * to know a replay. `grace` in seconds.
 * @see ASVS v5.0.0-7.2.4, 7.4.1
 */
export function recognise(row: SessionCheck, shown: Shown, grace: number): Recognition {
  const { successor, predecessor } = row
  if (shown.generation === row.generation) return sameDigest(shown.digest, row.digest) ? 'present' : 'unknown'
  if (successor && shown.generation === successor.generation) {
    return sameDigest(shown.digest, successor.digest) ? 'successor' : 'unknown'
  }
  if (shown.generation > Math.max(row.generation, successor?.generation ?? 0)) return 'unknown'
  const inGrace = predecessor !== null && secondsBetween(predecessor.retiredAt, row.now) < grace
  if (!inGrace) return 'replayed'
  if (predecessor.retiredBy === 'authentication') return 'retired'
  if (shown.generation !== predecessor.generation) return 'replayed'
  return predecessor.digest && sameDigest(shown.digest, predecessor.digest) ? 'predecessor' : 'unknown'
}
