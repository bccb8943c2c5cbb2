import 'server-only'
import { createHmac, hash } from 'node:crypto'
import type { Pending, PendingStore, SessionProof } from '#db/contract.ts'
import { SIGN_IN_COOKIE_LIFETIME } from '#lib/http/cookies.ts'
import { randomSecret } from '#lib/random.ts'
import { digestOf } from '#lib/session/token.ts'

/**
 * Challenges for passkeys. Each is a row of its own (`pending`, kind `challenge`), good for one answer: taking it away
 * is the first thing that happens to an answer, right or wrong. It belongs to the browser that asked, to one purpose,
 * and to the account and session for which it was asked.
 *
 * The row's id is a digest of the challenge, so an answer, which repeats its challenge, finds its row without further
 * ado, among those of other tabs; and the row does not tell the challenge.
 * @see WebAuthn Level 3 §13.4.3; ASVS v5.0.0-6.5.1, 6.6.2
 */
export type ChallengePurpose = 'sign-in' | 'factor' | 'reauthenticate' | 'enrol'

/** Seconds. A sign-in page offers passkeys in its field for as long. */
export const CHALLENGE_LIFETIME = SIGN_IN_COOKIE_LIFETIME

declare const act: unique symbol

/** SHA-256 of an act and its parameters (`act-text.ts`), base64url. */
export type Act = string & { readonly [act]: true }

export const ACT = /^[\w-]{43}$/

/**
 * How a row holds an act: under the secret of the browser, of which it has the digest alone. So nobody who reads the rows
 * can try what somebody's new password may have been.
 */
export function markOf(secret: Buffer, act: Act): string {
  return createHmac('sha256', secret).update(act).digest('base64url')
}

/** What a passkey has just confirmed, and under which secret of the browser. */
export interface Confirmation {
  readonly secret: Buffer
  readonly mark: string
  readonly securityVersion: number
}

/** Who asks, and for what. */
export interface Asking {
  readonly purpose: ChallengePurpose
  /** Null at a sign-in, where the passkey says whose it is. */
  readonly userId: string | null
  readonly sessionId: string | null
  /** Of the browser: in `__Host-sign-in`; for `sign-in`, `__Host-browser`. */
  readonly secret: Buffer
  /** Of the session that asks, compared again as the challenge is made. */
  readonly proof?: SessionProof | undefined
  /** The one act that is to be confirmed. An answer is then good for no other; without it, for whichever. */
  readonly act?: Act | undefined
}

export type ChallengeStore = Pick<PendingStore, 'begin' | 'beginBy' | 'find' | 'take'>

/** Null when the session that asks is over. @param securityVersion the account's by now; 0 without one */
export async function newChallenge(
  pending: ChallengeStore,
  { purpose, userId, sessionId, secret, proof, act }: Asking,
  securityVersion: number,
): Promise<Buffer | null> {
  const challenge = randomSecret()
  const row = { id: idOf(challenge), kind: 'challenge', secretDigest: digestOf(secret), userId, sessionId } as const
  const detail = { purpose, ...(act && { act: markOf(secret, act) }) }
  const wanted = { ...row, securityVersion, detail, lifetime: CHALLENGE_LIFETIME }
  const begun = await (proof ? pending.beginBy(proof, wanted, null) : pending.begin(wanted, null))
  return begun === 'session-over' ? null : challenge
}

/**
 * Takes the challenge that an answer repeats. Null when this browser has none such (any more), or it was for something
 * else: then it is gone all the same.
 */
export async function takeChallenge(
  pending: ChallengeStore,
  { purpose, userId, sessionId, secret, act }: Asking,
  presented: string,
): Promise<Pending | null> {
  const challenge = Buffer.from(presented, 'base64url')
  if (challenge.length !== 32 || challenge.toString('base64url') !== presented) return null
  const found = await pending.find('challenge', digestOf(secret), idOf(challenge))
  const taken = found && (await pending.take(found.id))
  if (!taken || taken.detail.purpose !== purpose) return null
  if (act && taken.detail.act !== markOf(secret, act)) return null
  return taken.userId === userId && taken.sessionId === sessionId ? taken : null
}

function idOf(challenge: Buffer): string {
  return hash('sha256', challenge, 'buffer').subarray(0, 16).toString('base64url')
}
