import 'server-only'
import { hash } from 'node:crypto'
import type { Pending } from '#db/contract.ts'
import { browserSecrets } from '#lib/authentication/browser-secret.ts'
import { SIGN_IN_COOKIE_LIFETIME } from '#lib/http/cookies.ts'
import { openText, sealText } from '#lib/keys/sealed-text.ts'
import { randomSecret } from '#lib/random.ts'
import { digestOf } from '#lib/session/token.ts'
import { store } from '#lib/store.ts'

/**
 * One trip to a provider and back: a row of its own (`pending`, kind `federation`), for ten minutes, for one answer, in
 * the browser in which it began. The answer finds its row by `state`, of which the row holds a digest; nonce and PKCE
 * verifier stand in the row sealed. Taking the row away is the first thing that happens to an answer, right or wrong.
 * @see ASVS v5.0.0-10.1.2, 10.2.1; RFC 9700 §4.7; docs/decisions/0035
 */

/**
 * - `sign-in`: whoever comes back is signed in.
 * - `reauthenticate`: the person of this session shows once more who they are.
 * - `link`: what comes back will open the account of this session.
 */
export type Purpose = 'sign-in' | 'reauthenticate' | 'link'

export interface Wish {
  readonly provider: string
  readonly purpose: Purpose
  /** A path of ours, as `returnPath` makes it. */
  readonly returnTo: string
  /** Only an authentication that happens on this trip is believed. */
  readonly fresh: boolean
  /** Seconds; 0 when `fresh`. */
  readonly maxAge: number
  /** `link`: whether the other sessions end with it. */
  readonly endOthers: boolean
}

/** For which account and session it is; nobody's at a sign-in. */
export interface Whose {
  readonly userId: string
  readonly sessionId: string
  readonly securityVersion: number
}

export interface RoundTrip extends Wish {
  readonly id: string
  readonly whose: Whose | null
  readonly state: string
  readonly nonce: string
  /** RFC 7636: known to this row and nobody else. */
  readonly verifier: string
  readonly createdAt: Date
}

/** @param secret of the browser, in `__Host-sign-in` */
export async function beginRoundTrip(wish: Wish, whose: Whose | null, secret: Buffer): Promise<RoundTrip> {
  const [state, nonce, verifier] = [newValue(), newValue(), newValue()]
  const id = idOf(state)
  const pending = await store().pending.begin(
    {
      id,
      kind: 'federation',
      secretDigest: digestOf(secret),
      userId: whose?.userId ?? null,
      sessionId: whose?.sessionId ?? null,
      securityVersion: whose?.securityVersion ?? 0,
      detail: { sealed: sealText(JSON.stringify({ ...wish, state, nonce, verifier }), placeOf(id)) },
      lifetime: SIGN_IN_COOKIE_LIFETIME,
    },
    null,
  )
  return { ...wish, id, whose, state, nonce, verifier, createdAt: pending.createdAt }
}

/** The trip with this id, if it began in this browser: it goes on, and is not used up. */
export async function roundTrip(cookieHeader: string | null, id: string): Promise<RoundTrip | null> {
  const pending = await find(cookieHeader, id)
  return pending && read(pending)
}

/** The trip that an answer belongs to. Of any number of parallel answers one gets it. */
export async function takeRoundTrip(cookieHeader: string | null, state: string | null): Promise<RoundTrip | null> {
  if (state === null || !/^[\w-]{43}$/.test(state)) return null
  const found = await find(cookieHeader, idOf(state))
  const taken = found && (await store().pending.take(found.id))
  const trip = taken ? read(taken) : null
  return trip?.state === state ? trip : null
}

async function find(cookieHeader: string | null, id: string): Promise<Pending | null> {
  for (const secret of await browserSecrets(cookieHeader)) {
    const found = await store().pending.find('federation', digestOf(secret), id)
    if (found) return found
  }
  return null
}

function read({ id, detail, userId, sessionId, securityVersion, createdAt }: Pending): RoundTrip | null {
  const text = openText(detail.sealed ?? '', placeOf(id))
  if (text === null) return null
  const whose = userId === null || sessionId === null ? null : { userId, sessionId, securityVersion }
  return { ...(JSON.parse(text) as Wish & Pick<RoundTrip, 'state' | 'nonce' | 'verifier'>), id, whose, createdAt }
}

function placeOf(id: string) {
  return { purpose: 'federation.1', of: id }
}

function idOf(state: string): string {
  return hash('sha256', state, 'buffer').subarray(0, 16).toString('base64url')
}

/** 256 bits, 43 characters: RFC 7636 §4.1 asks for no fewer. */
function newValue(): string {
  return randomSecret().toString('base64url')
}
