import 'server-only'
import { type Cookie, cookie, readCookie, SIGN_IN_COOKIE, SIGN_IN_COOKIE_LIFETIME } from '#lib/http/cookies.ts'
import { randomSecret } from '#lib/random.ts'
import { openFor, sealFor } from '#lib/session/seal.ts'

/**
 * What ties half-finished things to the browser in which they began: a secret of 256 bits in `__Host-sign-in`, sealed.
 * The rows (`store().pending`) hold its digest, so two tabs are two rows under one cookie, and a row's id is worth
 * nothing in another browser. It is not tied to a session, and opens nothing by itself.
 *
 * The same cookie carries the token of a mailed link from the page where it arrived to the form that uses it, so that it
 * leaves the address bar at once.
 */
const PURPOSE = 'sign-in.1'

/** Secrets before the present one that the cookie still carries: what began under them in other tabs goes on. */
const MOST_EARLIER = 3

interface Carried {
  readonly secret: Buffer
  /** Newest first. */
  readonly earlier: readonly Buffer[]
  readonly link: string | null
}

/** @param cookieHeader the raw `Cookie` header. Null when there is none, it came twice, or is not ours. */
export async function browserSecret(cookieHeader: string | null): Promise<Buffer | null> {
  return (await carried(cookieHeader))?.secret ?? null
}

/** All that this browser carries, newest first. */
export async function browserSecrets(cookieHeader: string | null): Promise<readonly Buffer[]> {
  const present = await carried(cookieHeader)
  return present ? [present.secret, ...present.earlier] : []
}

/** The token of a mailed link that this browser carries. */
export async function carriedLink(cookieHeader: string | null): Promise<string | null> {
  return (await carried(cookieHeader))?.link ?? null
}

export interface BrowserSecret {
  readonly secret: Buffer
  /** To be sent with the answer: it lives as long as the row that begins now. */
  readonly cookie: Cookie
}

export function newBrowserSecret(): Promise<BrowserSecret> {
  return carry({ secret: randomSecret(), earlier: [], link: null })
}

/** For what begins now: the browser's own secret where it has one, so that its other tabs go on, for as long again. */
export async function keepBrowserSecret(cookieHeader: string | null): Promise<BrowserSecret> {
  const present = await carried(cookieHeader)
  return present ? carry(present) : newBrowserSecret()
}

/**
 * For what a first factor begins: always a new secret, for the one that is there may have been planted by somebody who
 * waits for it to be worth something. What other tabs have under way goes on under theirs.
 * @see ASVS v5.0.0-7.2.4, policy §3: fixation
 */
export async function addBrowserSecret(cookieHeader: string | null): Promise<BrowserSecret> {
  const present = await carried(cookieHeader)
  const earlier = present ? [present.secret, ...present.earlier].slice(0, MOST_EARLIER) : []
  return carry({ secret: randomSecret(), earlier, link: present?.link ?? null })
}

/** Gives the browser the token of a link to carry, in place of an older one; null takes it away. */
export async function carryLink(cookieHeader: string | null, link: string | null): Promise<BrowserSecret> {
  const present = await carried(cookieHeader)
  return carry({ secret: present?.secret ?? randomSecret(), earlier: present?.earlier ?? [], link })
}

async function carry({ secret, earlier, link }: Carried): Promise<BrowserSecret> {
  const values = {
    secret: secret.toString('base64url'),
    ...(earlier.length > 0 && { earlier: earlier.map((each) => each.toString('base64url')).join(' ') }),
    ...(link !== null && { link }),
  }
  const text = await sealFor(PURPOSE, SIGN_IN_COOKIE, values)
  return { secret, cookie: cookie(SIGN_IN_COOKIE, text, SIGN_IN_COOKIE_LIFETIME) }
}

async function carried(cookieHeader: string | null): Promise<Carried | null> {
  const text = readCookie(cookieHeader, SIGN_IN_COOKIE)
  if (typeof text !== 'string') return null
  const values = openFor(PURPOSE, SIGN_IN_COOKIE, text)
  const secret = Buffer.from(values?.secret ?? '', 'base64url')
  const earlier = (values?.earlier ?? '').split(' ').map((each) => Buffer.from(each, 'base64url'))
  if (secret.length !== 32) return null
  return { secret, earlier: earlier.filter(({ length }) => length === 32), link: values?.link ?? null }
}
