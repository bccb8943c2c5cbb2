import { readCookie, SESSION_COOKIE } from '#lib/http/cookies.ts'

/** An access token and how it was sent. Pure. RFC 6750 §2.1, RFC 9449 §7.1. */
export interface Credential {
  readonly scheme: 'Bearer' | 'DPoP'
  readonly token: string
}

/**
 * The token of a request. Null when it has none: other schemes are not ours, and a token in an address or a body is not
 * looked at. `'ambiguous'` when a session cookie came along: of two credentials neither is chosen (v5.0.0-15.3.7). What
 * is no token at all, or two of them, comes back as it is: nothing verifies it.
 */
export function credentialOf(headers: Headers): Credential | 'ambiguous' | null {
  const [scheme = '', ...rest] = (headers.get('authorization') ?? '').split(/ +/)
  const known = KNOWN.find((each) => each.toLowerCase() === scheme.toLowerCase())
  if (!known) return null
  return readCookie(headers.get('cookie'), SESSION_COOKIE) === null
    ? { scheme: known, token: rest.join(' ') }
    : 'ambiguous'
}

const KNOWN = ['Bearer', 'DPoP'] as const
