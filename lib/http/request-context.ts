import 'server-only'
import type { Circumstances, Device, Origin } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { describeDevice } from '#lib/device/describe.ts'
import { placeOf } from '#lib/device/place.ts'
import { randomSecret } from '#lib/random.ts'
import { clientAddress } from './client-address.ts'
import { BROWSER_COOKIE, readCookie, SESSION_COOKIE } from './cookies.ts'
import { PEER_HEADER } from './request-hook.ts'

/** What is known of a request apart from what it asks: taken from the real client, never from a form. */
export interface RequestContext {
  readonly device: Device
  readonly origin: Origin
  /** The value of `__Host-browser`, or a new one when the browser has none. */
  readonly browser: string
  readonly browserIsNew: boolean
  /** The session cookie's text as it came, or null (also when it came twice). */
  readonly sessionText: string | null
  /** The raw `Cookie` header, for what is half done in this browser. */
  readonly cookieHeader: string | null
}

export function requestContext(headers: Headers): RequestContext {
  const cookies = headers.get('cookie')
  const browser = readCookie(cookies, BROWSER_COOKIE)
  const known = typeof browser === 'string' && BROWSER_VALUE.test(browser)
  const session = readCookie(cookies, SESSION_COOKIE)
  return {
    device: describeDevice(headers),
    origin: requestOrigin(headers),
    browser: known ? browser : newBrowserValue(),
    browserIsNew: !known,
    sessionText: typeof session === 'string' ? session : null,
    cookieHeader: cookies,
  }
}

/** For comparing: read from the headers only when somebody asks. */
export function circumstancesOf(headers: Headers): () => Circumstances {
  return () => ({ ...describeDevice(headers), ...requestOrigin(headers) })
}

function requestOrigin(headers: Headers): Origin {
  const ip = clientAddress(headers.get(PEER_HEADER), headers, settings().trustedProxies)
  return { ip, place: placeOf(ip) }
}

/** Set by `proxy.ts` on a form that came without the cookie which its page was sent with, over whatever was sent. */
export const COOKIELESS_HEADER = 'x-signet-cookieless'

/** What `__Host-browser` says, as a secret that something unfinished can be bound to. */
export function browserBytes({ browser }: Pick<RequestContext, 'browser'>): Buffer {
  return Buffer.from(browser, 'base64url')
}

export const BROWSER_VALUE = /^[\w-]{43}$/

export function newBrowserValue(): string {
  return randomSecret().toString('base64url')
}
