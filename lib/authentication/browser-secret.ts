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

interface Carried {
  readonly secret: Buffer
  readonly link: string | null
}

/** @param cookieHeader the raw `Cookie` header. Null when there is none, it came twice, or is not ours. */
export async function browserSecret(cookieHeader: string | null): Promise<Buffer | null> {
  return (await carried(cookieHeader))?.secret ?? null
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
  return carry({ secret: randomSecret(), link: null })
}

/** For what begins now: the browser's own secret where it has one, so that its other tabs go on, for as long again. */
export async function keepBrowserSecret(cookieHeader: string | null): Promise<BrowserSecret> {
  const present = await carried(cookieHeader)
  return present ? carry(present) : newBrowserSecret()
}

/** Gives the browser the token of a link to carry, in place of an older one; null takes it away. */
export async function carryLink(cookieHeader: string | null, link: string | null): Promise<BrowserSecret> {
  const present = await carried(cookieHeader)
  return carry({ secret: present?.secret ?? randomSecret(), link })
}

async function carry({ secret, link }: Carried): Promise<BrowserSecret> {
  const values = { secret: secret.toString('base64url'), ...(link !== null && { link }) }
  const text = await sealFor(PURPOSE, SIGN_IN_COOKIE, values)
  return { secret, cookie: cookie(SIGN_IN_COOKIE, text, SIGN_IN_COOKIE_LIFETIME) }
}

async function carried(cookieHeader: string | null): Promise<Carried | null> {
  const text = readCookie(cookieHeader, SIGN_IN_COOKIE)
  if (typeof text !== 'string') return null
  const values = await openFor(PURPOSE, SIGN_IN_COOKIE, text)
  const secret = Buffer.from(values?.secret ?? '', 'base64url')
  return secret.length === 32 ? { secret, link: values?.link ?? null } : null
}
