/**
 * The only file that knows cookies: names, attributes, how they are read and written.
 *
 * | cookie           | purpose                                          | SameSite | lifetime                          |
 * | ---------------- | ------------------------------------------------ | -------- | --------------------------------- |
 * | `__Host-session` | the sealed session token                         | Lax      | the browser's; remembered: the session's |
 * | `__Host-sign-in` | what is half done in this browser; opens nothing | Lax      | 10 minutes                        |
 * | `__Host-browser` | tells one browser from another; opens nothing    | Lax      | 400 days                          |
 *
 * Lax, not Strict: a link in a mail must arrive signed in. What changes anything is checked on its own.
 * @see ASVS v5.0.0-3.3.1 to 3.3.5, RFC 6265bis
 */
import { DAY, MINUTE } from '#lib/time.ts'

export const SESSION_COOKIE = '__Host-session'
export const BROWSER_COOKIE = '__Host-browser'
export const BROWSER_COOKIE_LIFETIME = 400 * DAY
export const SIGN_IN_COOKIE = '__Host-sign-in'
/** As long as what it belongs to lives in the database. */
export const SIGN_IN_COOKIE_LIFETIME = 10 * MINUTE

export type CookieName = typeof SESSION_COOKIE | typeof SIGN_IN_COOKIE | typeof BROWSER_COOKIE

const ATTRIBUTES = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const

/** Name and value together; a browser drops a longer cookie without a word. @see ASVS v5.0.0-3.3.5 */
const LONGEST_COOKIE = 4096

export interface Cookie {
  readonly name: CookieName
  readonly value: string
  readonly path: '/'
  readonly secure: true
  readonly httpOnly: true
  readonly sameSite: 'lax'
  /** Seconds; absent: until the browser closes. */
  readonly maxAge?: number
}

/** @throws RangeError when the browser would drop it. */
export function cookie(name: CookieName, value: string, maxAge?: number): Cookie {
  if (name.length + value.length >= LONGEST_COOKIE) throw new RangeError(`${name} would exceed ${LONGEST_COOKIE} bytes`)
  return { name, value, ...ATTRIBUTES, ...(maxAge !== undefined && { maxAge: Math.floor(maxAge) }) }
}

/** Clears a cookie: with all its attributes, or a browser ignores the order because of the `__Host-` prefix. */
export function clearing(name: CookieName): Cookie {
  return cookie(name, '', 0)
}

/** The text of a `Set-Cookie` header. */
export function setCookie({ name, value, maxAge }: Cookie): string {
  const lifetime = maxAge === undefined ? '' : `; Max-Age=${maxAge}`
  return `${name}=${value}; Path=/${lifetime}; Secure; HttpOnly; SameSite=Lax`
}

/** The cookie is there more than once. */
export const DUPLICATE = Symbol('duplicate cookie')

/**
 * A cookie's value from the raw `Cookie` header. `DUPLICATE` when it is there more than once: a sibling host or an
 * attacker on the network may have planted one, and neither first nor last is to be believed.
 * Frameworks collapse duplicates, hence the raw header.
 */
export function readCookie(header: string | null, name: CookieName): string | typeof DUPLICATE | null {
  if (!header) return null
  let found: string | null = null
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (equals < 0 || trim(pair.slice(0, equals)) !== name) continue
    if (found !== null) return DUPLICATE
    found = trim(pair.slice(equals + 1))
  }
  return found
}

/** The header without a cookie, however often it is there. */
export function withoutCookie(header: string | null, name: CookieName): string[] {
  return (header ?? '').split(';').filter((pair) => pair !== '' && trim(pair.split('=', 1)[0] ?? '') !== name)
}

/** Only what RFC 6265 §5.4 counts as space: to others a no-break space is part of the name. */
function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}
