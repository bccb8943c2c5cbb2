import 'server-only'
import type { Authentication, Federation, Pending } from '#db/contract.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import { SIGN_IN_COOKIE_LIFETIME } from '#lib/http/cookies.ts'
import { randomId } from '#lib/random.ts'
import { digestOf } from '#lib/session/token.ts'
import { store } from '#lib/store.ts'
import { secondsBetween } from '#lib/time.ts'
import { addBrowserSecret, browserSecrets } from './browser-secret.ts'

/**
 * Half a sign-in: something was right, and something else is due; or all was right, and there is no room for the
 * session. It is a row of its own kind, for ten minutes, in the browser in which it began. It is no session: it opens
 * nothing, ends nothing and counts to no limit. Wrong answers leave it; the right one takes it away.
 * @see ASVS v5.0.0-7.2.4, 6.5.1; docs/decisions/0027
 */
export interface HalfSignIn extends SoFar {
  readonly id: string
  /** Of this very sign-in, in `__Host-sign-in`: passkey challenges are bound to it as well. */
  readonly secret: Buffer
  readonly expiresAt: Date
}

/** Who is signing in, and what has been right so far. */
export interface SoFar {
  readonly userId: string
  /** The account's when the first factor was checked: whatever follows is void once it has grown. */
  readonly securityVersion: number
  readonly authentications: readonly Authentication[]
  readonly remember: boolean
  /** A path of ours, as `returnPath` makes it. */
  readonly returnTo: string
  /** What the session will rest on, where another provider has signed the person in. */
  readonly federation?: Federation | null | undefined
}

/**
 * Writes it down, under a new secret of the browser.
 * @param until for what goes on from an earlier half: it does not live longer for being taken up again
 */
export async function keepHalf(shown: SoFar, cookieHeader: string | null, until?: Date): Promise<Cookie> {
  const { secret, cookie } = await addBrowserSecret(cookieHeader)
  const { userId, securityVersion, remember, returnTo, authentications, federation } = shown
  const left = until ? secondsBetween(await store().clock(), until) : SIGN_IN_COOKIE_LIFETIME
  const times = authentications.map(({ method, at }) => [method, at.getTime()])
  await store().pending.begin(
    {
      id: randomId(),
      kind: 'sign-in',
      secretDigest: digestOf(secret),
      userId,
      sessionId: null,
      securityVersion,
      detail: { shown: JSON.stringify(times), remember: String(remember), returnTo, ...texts(federation) },
      lifetime: left,
    },
    null,
  )
  return cookie
}

/**
 * The newest that this browser has, or the one with `id`: a form carries the id of its own, so that two tabs are two
 * sign-ins. An id is worth nothing in another browser.
 */
export async function findHalf(cookieHeader: string | null, id?: string): Promise<HalfSignIn | null> {
  for (const secret of await browserSecrets(cookieHeader)) {
    const found = await store().pending.find('sign-in', digestOf(secret), id)
    const half = found && read(found, secret)
    if (half) return half
  }
  return null
}

/** Takes it away for good. Of any number of parallel calls one gets true. */
export async function takeHalf({ id }: HalfSignIn): Promise<boolean> {
  return (await store().pending.take(id)) !== undefined
}

function read({ id, userId, securityVersion, detail, expiresAt }: Pending, secret: Buffer): HalfSignIn | null {
  if (userId === null) return null
  const shown = JSON.parse(detail.shown ?? '[]') as [string, number][]
  const authentications = shown.map(([method, at]) => ({ method, at: new Date(at) }))
  const remember = detail.remember === 'true'
  const shownSoFar = { userId, securityVersion, authentications, remember, returnTo: detail.returnTo ?? '' }
  return { ...shownSoFar, federation: federationIn(detail), id, secret, expiresAt }
}

/** As the half's details: the store finds it by `issuer`, `subject` and `sid` when the provider signs the person out. */
function texts(federation: Federation | null | undefined): Readonly<Record<string, string>> {
  if (!federation) return {}
  const { issuer, subject, sid, sealed, issuedAt, lifetimeFrom } = federation
  const times = { issuedAt: issuedAt.toISOString(), lifetimeFrom: lifetimeFrom.toISOString() }
  return { issuer, subject, ...(sid !== null && { sid }), sealed, ...times }
}

function federationIn({ issuer, subject, sid, sealed, issuedAt, lifetimeFrom }: Pending['detail']): Federation | null {
  if (!issuer || !subject || !sealed || !issuedAt || !lifetimeFrom) return null
  const times = { issuedAt: new Date(issuedAt), lifetimeFrom: new Date(lifetimeFrom) }
  return { issuer, subject, sid: sid ?? null, sealed, ...times }
}
