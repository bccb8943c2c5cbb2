import 'server-only'
import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server'
import type { EventKind, EventStore, Passkey, UserStore } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import { settings } from '#lib/config.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { passkeyMethod } from './assurance.ts'
import { type Asking, CHALLENGE_LIFETIME, type ChallengeStore, newChallenge, takeChallenge } from './challenges.ts'
import { type AuthenticationAnswer, parseAuthentication } from './passkey-answer.ts'

/**
 * Using a passkey: to sign in, as the second step of a sign-in, or to confirm who one is. User verification is always
 * asked for and always checked, so a passkey is two factors in one. (Making one is in `passkey-enrolment.ts`.)
 * @see WebAuthn Level 3 §7.2; ASVS v5.0.0-6.3.3, 6.5.1
 */
export interface PasskeyUse extends Asking {
  readonly purpose: 'sign-in' | 'factor' | 'reauthenticate'
}

export interface PasskeyStore {
  readonly users: Pick<UserStore, 'factors' | 'passkey' | 'spend'>
  readonly pending: ChallengeStore
  readonly events: Pick<EventStore, 'append'>
}

/** RP ID and origin, from configuration and never from a request. */
export function relyingParty(): { readonly id: string; readonly origin: string } {
  const { origin } = settings()
  return { id: new URL(origin).hostname, origin }
}

/**
 * What the browser asks a passkey for. At a sign-in any passkey that it knows for Signet, so nothing is told of any
 * account; later the account's own ones. Null when the account has none, or the session that asks is over.
 */
export async function authenticationOptions(
  { users, pending }: PasskeyStore,
  use: PasskeyUse,
): Promise<PublicKeyCredentialRequestOptionsJSON | null> {
  const factors = use.userId === null ? undefined : await users.factors(use.userId)
  if (use.purpose !== 'sign-in' && !factors?.passkeys.length) return null
  const challenge = await newChallenge(pending, use, factors?.securityVersion ?? 0)
  if (!challenge) return null
  return generateAuthenticationOptions({
    rpID: relyingParty().id,
    challenge: new Uint8Array(challenge),
    userVerification: 'required',
    timeout: CHALLENGE_LIFETIME * 1000,
    ...(factors && { allowCredentials: factors.passkeys.map(descriptor) }),
  })
}

/** How a browser is told of a passkey, so that it finds the way to it. */
export function descriptor({ credentialId, transports }: Passkey): { id: string; transports: string[] } {
  return { id: credentialId, transports: transports.split(' ').filter(Boolean) }
}

export type PasskeyUsed =
  | {
      readonly outcome: 'verified'
      readonly userId: string
      readonly passkey: Passkey
      readonly method: 'hwk' | 'swk'
      /** The account's as the passkey was checked: what begins with it is void once it has grown. */
      readonly securityVersion: number
      /** How the challenge held the act for which it was made. */
      readonly mark: string | null
    }
  /**
   * For the log and the audit, never for the visitor. `userId` is whose passkey it was, once its signature was right.
   *
   * - `malformed`: no such answer at all. `void`: no challenge of this browser for this purpose, account and session, or
   *   an authenticator has changed since. `unknown`: no such passkey, or somebody else's. `wrong`: origin, RP ID, user
   *   verification or signature. `counter`: its count of uses went back, so there are two of it.
   */
  | {
      readonly outcome: 'refused'
      readonly because: 'malformed' | 'void' | 'unknown' | 'wrong' | 'counter'
      readonly userId: string | null
    }

/** Checks a passkey's answer and uses its challenge up. A counter that goes back is noted with the account. */
export async function verifyAuthentication(
  store: PasskeyStore,
  use: PasskeyUse,
  answer: unknown,
  context: Pick<RequestContext, 'device' | 'origin'>,
): Promise<PasskeyUsed> {
  const parsed = parseAuthentication(answer)
  if (!parsed) return refused('malformed')
  const taken = await takeChallenge(store.pending, use, parsed.challenge)
  if (!taken) return refused('void')
  const passkey = await store.users.passkey(parsed.id)
  if (!passkey || !isOwners(passkey, use, parsed)) return refused('unknown')
  const factors = await store.users.factors(passkey.userId)
  if (!factors || (use.userId !== null && taken.securityVersion !== factors.securityVersion)) return refused('void')
  const signed = await signedBy(passkey, parsed)
  if (!signed) return refused('wrong')
  const method = passkeyMethod(passkey.backupEligible)
  const { id, userId } = passkey
  // Compared and set in the row: of two answers with one count, one gets through.
  if (await store.users.spend(userId, { factor: 'passkey', id, ...signed }, null)) {
    const { securityVersion } = factors
    return { outcome: 'verified', userId, passkey, method, securityVersion, mark: taken.detail.act ?? null }
  }
  const detail = { method, because: 'counter' }
  await store.events.append(eventFrom(FAILED[use.purpose], { userId, sessionId: use.sessionId }, context, detail))
  return refused('counter', userId)
}

const FAILED: Readonly<Record<PasskeyUse['purpose'], EventKind>> = {
  'sign-in': 'sign-in-failed',
  factor: 'second-factor-failed',
  reauthenticate: 'reauthentication-failed',
}

function refused(because: Extract<PasskeyUsed, { outcome: 'refused' }>['because'], userId: string | null = null) {
  return { outcome: 'refused', because, userId } as const
}

/** Of the account that was asked; at a sign-in, of the account that the passkey itself names. */
function isOwners(passkey: Passkey, { userId }: PasskeyUse, { response }: AuthenticationAnswer): boolean {
  const { userHandle } = response
  if (userId !== null && userId !== passkey.userId) return false
  return userHandle ? userHandle === passkey.userId : userId !== null
}

/** Count and backup state under a right signature; null for anything else. */
async function signedBy(
  { credentialId, publicKey, backupEligible }: Passkey,
  { challenge, response, ...rest }: AuthenticationAnswer,
): Promise<{ readonly counter: number; readonly backedUp: boolean } | null> {
  const { id, origin } = relyingParty()
  const { userHandle: _, ...signed } = response
  const checked = await verifyAuthenticationResponse({
    response: { ...rest, response: signed },
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: true,
    // The count is compared where it is stored: here it would be compared with one that may be old.
    credential: { id: credentialId, publicKey: new Uint8Array(publicKey), counter: 0 },
  }).catch(() => null)
  if (!checked?.verified) return null
  const { newCounter: counter, credentialBackedUp: backedUp, credentialDeviceType } = checked.authenticationInfo
  // Whether it may leave its device never changes: WebAuthn Level 3 §7.2, step 18.
  return (credentialDeviceType === 'multiDevice') === backupEligible ? { counter, backedUp } : null
}
